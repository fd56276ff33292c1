#pragma once
// A board without hardware: its time passes when its network is polled, and the test holds the other end of
// its cable.

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "net/network.hpp"

namespace airlift::testing {

/// One frame of Ethernet, or what follows in it.
using Frame = std::basic_string<std::uint8_t>;

struct Cable {
  std::deque<Frame> from_board;
  std::deque<Frame> to_board;
};
[[nodiscard]] Cable& cable();

/// The board's only network, started: lwIP can be started once in a process.
[[nodiscard]] firmware::Network& board_network();

}  // namespace airlift::testing
