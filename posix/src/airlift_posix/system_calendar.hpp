#pragma once
// The time of day, once the system knows it.

#include "airlift/port/system.hpp"

namespace airlift::posix {

class SystemCalendar final : public port::Calendar {
 public:
  /// 0 also for a clock before 2020: a machine without battery starts in 1970 until it hears from a time
  /// server.
  [[nodiscard]] std::uint64_t unix_seconds() override;
  /// In the system's time zone (TZ, /etc/localtime), also after that has been changed.
  [[nodiscard]] seconds local_time_of_day(std::uint64_t unix_seconds) override;
};

}  // namespace airlift::posix
