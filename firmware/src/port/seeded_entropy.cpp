#include "port/seeded_entropy.hpp"

#include <bearssl_hash.h>

namespace airlift::firmware {

Status SeededEntropy::begin(Bytes more) {
  seeded_ = false;
  std::array<std::uint8_t, seed_bytes> seed{};
  if (!note_.load(seed).ok()) return UpdateError::no_entropy;
  br_hmac_drbg_init(&generator_, &br_sha256_vtable, seed.data(), seed.size());
  br_hmac_drbg_update(&generator_, more.data(), more.size());
  // What is drawn later does not follow from it: the generator moves on.
  br_hmac_drbg_generate(&generator_, seed.data(), seed.size());
  seeded_ = note_.store(seed).ok();
  seed.fill(0);
  return seeded_ ? Status{} : UpdateError::no_entropy;
}

Status SeededEntropy::fill(MutableBytes into) {
  if (!seeded_) return UpdateError::no_entropy;
  br_hmac_drbg_generate(&generator_, into.data(), into.size());
  return {};
}

}  // namespace airlift::firmware
