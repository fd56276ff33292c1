#pragma once
// Time, date, random numbers and log of the ESP32 core.

#include "airlift/port/system.hpp"

namespace airlift::arduino::esp32 {

class SystemClock final : public port::Clock {
 public:
  [[nodiscard]] Instant now() override;
};

/// Known once the sketch has set the time, as by configTime().
class SystemCalendar final : public port::Calendar {
 public:
  [[nodiscard]] std::uint64_t unix_seconds() override;
  [[nodiscard]] seconds local_time_of_day(std::uint64_t unix_seconds) override;
};

/// The hardware generator. ESP-IDF, "Random Number Generation": its numbers are truly random while WiFi or
/// Bluetooth is on, and nobody can reach the device before.
class HardwareEntropy final : public port::Entropy {
 public:
  [[nodiscard]] Status fill(MutableBytes into) override;
};

/// The core's log_e() to log_d(): shown by the tools' setting "Core Debug Level".
class CoreLog final : public port::Log {
 public:
  void write(port::LogLevel level, std::string_view source, std::string_view message) override;
};

}  // namespace airlift::arduino::esp32
