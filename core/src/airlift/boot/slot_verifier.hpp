#pragma once
// What a boot loader may ask of an image beyond its being undamaged.

#include "airlift/boot/slot_header.hpp"
#include "airlift/image/policy.hpp"

namespace airlift::boot {

class SlotVerifier {
 public:
  virtual ~SlotVerifier() = default;

  /// `image` is what the slot holds: its digest has been computed. Outcomes: ok: it may start; else why not.
  [[nodiscard]] virtual Status verify(const SlotHeader& header, const image::Identity& image) = 0;
};

/// Holds the trailer that is kept in the header against the policy that let it in: what is in a flash is only
/// as good as who can write to it. Security floor and retired keys do not count here, as an older image that
/// starts is better than none.
class TrailerVerifier final : public SlotVerifier {
 public:
  /// What the policy points at outlives the verifier. Of ESP trailers it knows those with SHA-256 over a
  /// payload that was not compressed.
  explicit TrailerVerifier(const image::Policy& policy) : policy_{policy} {}

  /// Outcomes: as image::judge().
  [[nodiscard]] Status verify(const SlotHeader& header, const image::Identity& image) override;

 private:
  image::Policy policy_;
};

}  // namespace airlift::boot
