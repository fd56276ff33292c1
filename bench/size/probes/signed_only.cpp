#include <optional>

#include "probes/policy.hpp"

namespace airlift::probe {
namespace {

constexpr std::string_view board_id{"probe"};

}  // namespace

image::Policy policy_for(Bytes key) {
  static std::optional<image::KeyRingOf<1>>
      place;  // made when it is needed: else it would stand in flash, too
  image::KeyRingOf<1>& ring = place.emplace();
  if (const auto read = crypto::PublicKey::from_der(key); read.ok()) [[maybe_unused]]
    const bool added = ring.add(read.value());
  image::Policy policy;
  policy.mode = image::SignatureMode::required;
  policy.keys = &ring;
  policy.board_id = board_id;
  return policy;
}

}  // namespace airlift::probe
