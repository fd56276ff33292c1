#include "airlift_posix/system_calendar.hpp"

#include <ctime>

namespace airlift::posix {

std::uint64_t SystemCalendar::unix_seconds() {
  constexpr std::time_t first_believed{1'577'836'800};  // 2020-01-01T00:00:00Z
  const std::time_t now = std::time(nullptr);
  return now < first_believed ? 0 : static_cast<std::uint64_t>(now);
}

seconds SystemCalendar::local_time_of_day(std::uint64_t unix_seconds) {
  ::tzset();  // localtime_r() need not look for a change
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm local{};
  if (::localtime_r(&time, &local) == nullptr) return Calendar::local_time_of_day(unix_seconds);
  return std::chrono::hours{local.tm_hour} + std::chrono::minutes{local.tm_min} + seconds{local.tm_sec};
}

}  // namespace airlift::posix
