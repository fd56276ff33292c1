#pragma once
// Cuts power everywhere: after each first cut, again and again.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "session.hpp"

namespace airlift::sim {

struct Campaign {
  std::uint64_t cuts{0};  ///< end soon after so many
  std::string geometry;   ///< empty: all
  std::string scenario;   ///< empty: all
  std::uint64_t seed{1};
  Plant plant{Plant::none};
  unsigned jobs{1};
  std::size_t most_bricks{10};  ///< end soon after so many
};

struct Brick {
  std::string replay;  ///< for replay()
  std::string why;
};

struct Outcome {
  std::uint64_t cuts{0};          ///< power has been cut so often
  std::uint64_t whole_rounds{0};  ///< so often each first cut has been made
  std::vector<Brick> bricks;
};

/// `progress` is called now and then, from any thread, one call at a time. Throws std::runtime_error when a
/// scenario cannot even be prepared.
[[nodiscard]] Outcome run(const Campaign& campaign, const std::function<void(std::uint64_t cuts)>& progress);

/// Goes exactly through what `replay` of a brick says. Empty: no brick; else what is wrong. Throws
/// std::invalid_argument when the text is none.
[[nodiscard]] std::string replay(const std::string& text, Plant plant);

}  // namespace airlift::sim
