#pragma once
// Time since the machine started, suspended time included.

#include "airlift/port/system.hpp"

namespace airlift::posix {

class SteadyClock final : public port::Clock {
 public:
  [[nodiscard]] Instant now() override;
};

}  // namespace airlift::posix
