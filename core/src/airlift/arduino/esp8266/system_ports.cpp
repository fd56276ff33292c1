#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/arduino/esp8266/system_ports.hpp"

#include <Arduino.h>
#include <ESP8266WiFi.h>
#include <time.h>

namespace airlift::arduino::esp8266 {

Instant MillisClock::now() {
  const auto counter = static_cast<std::uint32_t>(millis());
  passed_ms_ += static_cast<std::uint32_t>(counter - last_);
  last_ = counter;
  return Instant{milliseconds{passed_ms_}};
}

std::uint64_t TimeCalendar::unix_seconds() {
  // Until NTP has answered it counts from 1970.
  constexpr std::uint64_t surely_set{1'600'000'000};
  const auto now = static_cast<std::uint64_t>(time(nullptr));
  return now < surely_set ? 0 : now;
}

Status RadioEntropy::fill(MutableBytes into) {
  if (WiFi.getMode() == WIFI_OFF) return UpdateError::no_entropy;
  ESP.random(into.data(), into.size());
  return {};
}

void DebugLog::write([[maybe_unused]] port::LogLevel level, [[maybe_unused]] std::string_view source,
                     [[maybe_unused]] std::string_view message) {
#if defined(DEBUG_ESP_PORT)
  DEBUG_ESP_PORT.printf("airlift: %.*s: %.*s\n", static_cast<int>(source.size()), source.data(),
                        static_cast<int>(message.size()), message.data());
#endif
}

}  // namespace airlift::arduino::esp8266

#endif
