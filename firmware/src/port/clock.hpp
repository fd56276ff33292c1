#pragma once
// Time on a board: it knows how long it runs, and no date.

#include "airlift/port/system.hpp"
#include "board/board.hpp"

namespace airlift::firmware {

class BoardClock final : public port::Clock {
 public:
  [[nodiscard]] Instant now() override {
    return Instant{std::chrono::duration_cast<milliseconds>(board::uptime())};
  }
};

class NoCalendar final : public port::Calendar {
 public:
  [[nodiscard]] std::uint64_t unix_seconds() override { return 0; }
};

}  // namespace airlift::firmware
