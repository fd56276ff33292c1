#pragma once
// What a board offers besides flash and network: time, date, random numbers, reboot, a log.

#include <string_view>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"
#include "airlift/base/time.hpp"

namespace airlift::port {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes back, goes on while the device sleeps where the system can tell.
  [[nodiscard]] virtual Instant now() = 0;
};

class Calendar {
 public:
  virtual ~Calendar() = default;
  /// Seconds since 1970 (UTC); 0 when the time is not known.
  [[nodiscard]] virtual std::uint64_t unix_seconds() = 0;
  /// The time of day here, since midnight, for `unix_seconds`. Boards without a time zone: UTC.
  [[nodiscard]] virtual seconds local_time_of_day(std::uint64_t unix_seconds) {
    return seconds{unix_seconds % 86400};
  }
};

class Entropy {
 public:
  virtual ~Entropy() = default;
  /// Fills `into` from a cryptographically secure generator. Outcomes: ok; no_entropy: `into` must not be
  /// used.
  [[nodiscard]] virtual Status fill(MutableBytes into) = 0;
};

class System {
 public:
  virtual ~System() = default;
  /// Asks for a restart into whatever the boot record names. May return; the restart follows soon.
  virtual void reboot() = 0;
};

enum class LogLevel : std::uint8_t { error, warning, info, debug };

class Log {
 public:
  virtual ~Log() = default;
  /// `source` is an element id ("ota/0") or a part of the program. Neither text may hold a secret.
  virtual void write(LogLevel level, std::string_view source, std::string_view message) = 0;
};

}  // namespace airlift::port
