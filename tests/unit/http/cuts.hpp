#pragma once
// Feeds a reader whole, byte by byte and at random cuts.

#include <algorithm>
#include <random>
#include <string_view>
#include <vector>

#include "airlift/base/span.hpp"

namespace airlift::testing {

/// How `size` bytes are cut, each entry the length of a piece.
using Cuts = std::vector<std::size_t>;

[[nodiscard]] inline std::vector<Cuts> ways_to_cut(std::size_t size) {
  std::vector<Cuts> ways{{size}, Cuts(size, 1)};
  std::mt19937 generator{7};
  for (int way = 0; way < 20; ++way) {
    Cuts cuts;
    for (std::size_t left = size; left > 0; left -= cuts.back()) {
      cuts.push_back(std::min<std::size_t>(left, 1 + generator() % 40));
    }
    ways.push_back(cuts);
  }
  return ways;
}

/// Gives `text` to `take(piece)`, which returns how much it took, until it takes nothing of a piece. Returns
/// how much was taken.
template <typename Take>
std::size_t feed_cut(std::string_view text, const Cuts& cuts, Take take) {
  std::size_t taken{0};
  for (const std::size_t cut : cuts) {
    Bytes piece = as_bytes(text.substr(taken, cut));
    while (!piece.empty()) {
      const std::size_t count = take(piece);
      taken += count;
      piece = piece.subspan(count);
      if (count == 0) return taken;
    }
  }
  return taken;
}

}  // namespace airlift::testing
