#pragma once
// Time, date, random numbers and a log on the ESP8266 core.

#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/port/system.hpp"

namespace airlift::arduino::esp8266 {

/// Needs a call at least every 49 days, after which millis() begins anew.
class MillisClock final : public port::Clock {
 public:
  [[nodiscard]] Instant now() override;

 private:
  std::uint32_t last_{0};
  std::uint64_t passed_ms_{0};
};

/// What configTime() has made known.
class TimeCalendar final : public port::Calendar {
 public:
  [[nodiscard]] std::uint64_t unix_seconds() override;
};

/// The chip's generator, which takes noise from the radio: only while WiFi is on.
class RadioEntropy final : public port::Entropy {
 public:
  [[nodiscard]] Status fill(MutableBytes into) override;
};

/// Where the sketch's build has its debug port (Tools, Debug port); else nowhere.
class DebugLog final : public port::Log {
 public:
  void write(port::LogLevel level, std::string_view source, std::string_view message) override;
};

}  // namespace airlift::arduino::esp8266

#endif
