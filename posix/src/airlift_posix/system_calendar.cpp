#include "airlift_posix/system_calendar.hpp"

#include <ctime>

namespace airlift::posix {

std::uint64_t SystemCalendar::unix_seconds() {
  constexpr std::time_t first_believed{1'577'836'800};  // 2020-01-01T00:00:00Z
  const std::time_t now = std::time(nullptr);
  return now < first_believed ? 0 : static_cast<std::uint64_t>(now);
}

}  // namespace airlift::posix
