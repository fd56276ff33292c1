#pragma once
// What every fuzz target shares: a check that stays on in every build type, and text from input.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "airlift/base/span.hpp"

namespace airlift::fuzz {

/// Ends the process, so that libFuzzer and the replayer report the input, when `property` does not hold.
inline void require(bool property, const char* what) {
  if (property) return;
  std::fprintf(stderr, "property violated: %s\n", what);
  std::abort();
}

inline bool is_printable(std::string_view text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

}  // namespace airlift::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
