#pragma once
// Fakes of the small ports: clock, entropy, system, log.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "airlift/port/system.hpp"

namespace airlift::testing {

class FakeClock final : public port::Clock {
 public:
  [[nodiscard]] Instant now() override { return time; }
  void advance(milliseconds by) { time += by; }

  Instant time{seconds{1000}};  ///< not 0, so that code which takes 0 for "never" fails
};

class FakeCalendar final : public port::Calendar {
 public:
  [[nodiscard]] std::uint64_t unix_seconds() override { return time_s; }

  std::uint64_t time_s{1'800'000'000};
};

/// Gives 0, 1, 2 ... 255, 0 ... so that a test can tell what was drawn.
class FakeEntropy final : public port::Entropy {
 public:
  [[nodiscard]] Status fill(MutableBytes into) override {
    if (fails) return UpdateError::no_entropy;
    for (std::uint8_t& byte : into) byte = next++;
    return {};
  }

  bool fails{false};
  std::uint8_t next{0};
};

class FakeSystem final : public port::System {
 public:
  void reboot() override { ++reboots; }

  int reboots{0};
};

class MemoryLog final : public port::Log {
 public:
  struct Line {
    port::LogLevel level;
    std::string source;
    std::string message;
  };

  void write(port::LogLevel level, std::string_view source, std::string_view message) override {
    lines.push_back({level, std::string{source}, std::string{message}});
  }

  /// True when some line's `source: message` contains `text`.
  [[nodiscard]] bool contains(std::string_view text) const {
    return std::any_of(lines.begin(), lines.end(), [text](const Line& line) {
      return (line.source + ": " + line.message).find(text) != std::string::npos;
    });
  }
  [[nodiscard]] bool contains(port::LogLevel level, std::string_view text) const {
    return std::any_of(lines.begin(), lines.end(), [level, text](const Line& line) {
      return line.level == level && (line.source + ": " + line.message).find(text) != std::string::npos;
    });
  }

  std::vector<Line> lines;
};

}  // namespace airlift::testing
