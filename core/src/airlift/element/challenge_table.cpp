#include "airlift/element/challenge_table.hpp"

namespace airlift::element {

void ChallengeTable::open(const Challenge& challenge) {
  std::optional<Challenge>* place = &places_[0];
  for (std::optional<Challenge>& candidate : places_) {
    if (candidate && same_source(candidate->uploader, challenge.uploader)) {
      place = &candidate;
      break;
    }
    // An empty place counts as the oldest.
    if (*place && (!candidate || candidate->issued_at < (*place)->issued_at)) place = &candidate;
  }
  *place = challenge;
}

const Challenge* ChallengeTable::find(const port::Endpoint& source, Challenge::Protocol protocol,
                                      Instant now) const {
  for (const std::optional<Challenge>& challenge : places_) {
    const bool found = challenge && challenge->protocol == protocol &&
                       same_source(challenge->uploader, source) &&
                       now - challenge->issued_at < wire::challenge_lifetime;
    if (found) return &*challenge;
  }
  return nullptr;
}

std::optional<Challenge> ChallengeTable::take(const port::Endpoint& source, Challenge::Protocol protocol,
                                              Instant now) {
  if (find(source, protocol, now) == nullptr) return std::nullopt;
  for (std::optional<Challenge>& challenge : places_) {
    if (!challenge || !same_source(challenge->uploader, source)) continue;
    const Challenge taken = *challenge;
    challenge.reset();
    return taken;
  }
  return std::nullopt;
}

}  // namespace airlift::element
