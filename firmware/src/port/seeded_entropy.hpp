#pragma once
// Random numbers for a board without a generator: HMAC_DRBG (NIST SP 800-90A) from a seed that is kept on the
// flash. docs/design/firmware.md, "Random numbers".

#include <bearssl_rand.h>

#include "airlift/boot/flash_note.hpp"
#include "airlift/port/system.hpp"

namespace airlift::firmware {

class SeededEntropy final : public port::Entropy {
 public:
  static constexpr std::size_t seed_bytes{32};

  /// `flash` outlives it; `area` holds the note with the seed.
  SeededEntropy(port::Flash& flash, const boot::Area& area) : note_{flash, area, seed_bytes} {}

  /// Takes the seed, and `more`, which only helps; replaces the seed, before anything can be drawn, so that
  /// no two starts ever draw the same. Outcomes: ok; no_entropy: no seed is there, or the new one could not
  /// be stored: nothing can be drawn.
  [[nodiscard]] Status begin(Bytes more);

  [[nodiscard]] Status fill(MutableBytes into) override;

 private:
  boot::FlashNote note_;
  br_hmac_drbg_context generator_{};
  bool seeded_{false};
};

}  // namespace airlift::firmware
