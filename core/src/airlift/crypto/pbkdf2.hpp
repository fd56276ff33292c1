#pragma once
// HMAC-SHA256 and PBKDF2-HMAC-SHA256 (RFC 2104, RFC 8018 5.2), the latter in steps: 10,000 rounds take a
// microcontroller about a second, and loop() must not. No library offers PBKDF2 in steps, hence this loop of
// ours.

#include "airlift/crypto/hash.hpp"

namespace airlift::crypto {

class HmacSha256 {
 public:
  explicit HmacSha256(Bytes key);

  HmacSha256& update(Bytes bytes) {
    inner_.update(bytes);
    return *this;
  }
  [[nodiscard]] Sha256Digest finish();

 private:
  Sha256 inner_;
  Sha256 outer_;
};

/// Derives one 32-byte key. step() until done(), then key().
class Pbkdf2Sha256 {
 public:
  /// `rounds` is at least 1. Copies what it needs of password and salt.
  Pbkdf2Sha256(Bytes password, Bytes salt, std::uint32_t rounds);

  /// Does at most `rounds` of the rounds that are left.
  void step(std::uint32_t rounds);
  [[nodiscard]] bool done() const { return rounds_left_ == 0; }
  /// Only when done().
  [[nodiscard]] const Sha256Digest& key() const {
    assert(done());
    return key_;
  }

 private:
  HmacSha256 keyed_;  ///< has taken in the password only; copied for each round
  Sha256Digest last_{};
  Sha256Digest key_{};
  std::uint32_t rounds_left_;
};

}  // namespace airlift::crypto
