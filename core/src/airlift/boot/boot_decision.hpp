#pragma once
// What to start: a pure function of facts, as an ordered table. docs/design/storage.md.

#include <cstdint>

namespace airlift::boot {

enum class Candidate : std::uint8_t { none, whole, damaged };

struct BootFacts {
  Candidate candidate{Candidate::none};  ///< all images of the candidate taken together
  bool attempts_left{true};
  bool active_whole{false};  ///< the active firmware, after falling back where that was possible
};

enum class BootAction : std::uint8_t {
  try_candidate,   ///< count the attempt, then start it
  roll_back,       ///< reject the candidate, start the active firmware
  keep_candidate,  ///< it becomes the active image, unconfirmed, and starts
  start_active,
  start_nothing,  ///< the device can still be updated
};

[[nodiscard]] BootAction decide(const BootFacts& facts);

}  // namespace airlift::boot
