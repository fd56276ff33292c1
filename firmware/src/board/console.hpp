#pragma once
// What helps to say something on the console where nothing else works any more.

#include <cstdint>

namespace airlift::firmware::board {

/// Eight hex digits.
void write_hex(std::uint32_t number);

}  // namespace airlift::firmware::board
