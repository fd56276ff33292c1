#pragma once
// Progress of work on this computer, shown on a terminal once it takes longer than a second.

#include <chrono>
#include <cstdint>

namespace airlift::cli {

class Meter {
 public:
  Meter() = default;
  ~Meter();
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  /// A pass over `size_bytes` bytes, not 0, begins.
  void begin(std::uint32_t size_bytes);
  void advance(std::size_t bytes);

 private:
  using Clock = std::chrono::steady_clock;

  std::uint32_t size_bytes_{0};
  std::uint32_t done_bytes_{0};
  Clock::time_point begin_{};
  Clock::time_point next_{};
  bool line_open_{false};
};

}  // namespace airlift::cli
