#pragma once
// Times since the machine started.

#include "airlift/port/system.hpp"

namespace airlift::posix {

/// Goes on while the machine is suspended.
class SteadyClock final : public port::Clock {
 public:
  [[nodiscard]] Instant now() override;
};

/// Stands still while the machine is suspended: measures what a program had time for.
class AwakeClock final : public port::Clock {
 public:
  [[nodiscard]] Instant now() override;
};

}  // namespace airlift::posix
