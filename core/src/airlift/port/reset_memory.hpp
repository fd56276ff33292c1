#pragma once
// One small number that outlives resets and power cuts.

#include <cstdint>

#include "airlift/base/status.hpp"

namespace airlift::port {

class ResetMemory {
 public:
  virtual ~ResetMemory() = default;

  /// What was written last; 0: nothing yet, or it cannot be read.
  [[nodiscard]] virtual std::uint8_t read() = 0;
  /// Outcomes: ok: read() gives it from now on, also when the device is killed or loses power;
  /// storage_failed: the old number may still be there.
  [[nodiscard]] virtual Status write(std::uint8_t number) = 0;
};

}  // namespace airlift::port
