#if defined(ARDUINO_ARCH_ESP32)
#include "airlift/arduino/esp32/system_ports.hpp"

#include <Arduino.h>
#include <esp_timer.h>
#if __has_include(<esp_random.h>)
#include <esp_random.h>  // from IDF 5, core 3.x, on
#else
#include <esp_system.h>
#endif
#include <ctime>

namespace airlift::arduino::esp32 {
namespace {

/// A clock that nobody has set starts at 1970.
constexpr std::time_t year_2020{1577836800};

}  // namespace

Instant SystemClock::now() {
  return Instant{milliseconds{esp_timer_get_time() / 1000}};
}

std::uint64_t SystemCalendar::unix_seconds() {
  const std::time_t now = std::time(nullptr);
  return now < year_2020 ? 0 : static_cast<std::uint64_t>(now);
}

seconds SystemCalendar::local_time_of_day(std::uint64_t unix_seconds) {
  const auto when = static_cast<std::time_t>(unix_seconds);
  std::tm local{};
  localtime_r(&when, &local);
  return seconds{(local.tm_hour * 60 + local.tm_min) * 60 + local.tm_sec};
}

Status HardwareEntropy::fill(MutableBytes into) {
  esp_fill_random(into.data(), into.size());
  return {};
}

void CoreLog::write(port::LogLevel level, std::string_view source, std::string_view message) {
  const auto source_size = static_cast<int>(source.size());
  const auto message_size = static_cast<int>(message.size());
  switch (level) {
    case port::LogLevel::error:
      log_e("%.*s: %.*s", source_size, source.data(), message_size, message.data());
      break;
    case port::LogLevel::warning:
      log_w("%.*s: %.*s", source_size, source.data(), message_size, message.data());
      break;
    case port::LogLevel::info:
      log_i("%.*s: %.*s", source_size, source.data(), message_size, message.data());
      break;
    case port::LogLevel::debug:
      log_d("%.*s: %.*s", source_size, source.data(), message_size, message.data());
      break;
  }
}

}  // namespace airlift::arduino::esp32
#endif
