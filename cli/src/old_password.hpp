#pragma once
// The uploader's side of old devices' password schemes: which answer a challenge gets.

#include <string>

#include "airlift/port/system.hpp"
#include "airlift/wire/password.hpp"

namespace airlift::cli {

class OldPassword {
 public:
  /// `first_hash`: which hash a device of the SHA-256 scheme is tried with first; after sha256, md5 is tried,
  /// too. `entropy` outlives it.
  OldPassword(std::string password, wire::StoredHash first_hash, port::Entropy& entropy);

  [[nodiscard]] bool given() const { return !password_.empty(); }
  /// Makes the answer to a challenge, with a fresh cnonce. Outcomes: ok; no_entropy.
  [[nodiscard]] Status take_challenge(std::string_view nonce);
  [[nodiscard]] bool is_latest(std::string_view nonce) const { return nonce == nonce_.view(); }
  /// The datagram that answers the latest challenge; empty: there was none.
  [[nodiscard]] const std::string& answer() const { return answer_; }
  /// After a refused answer: whether the next challenge will be answered with another hash of the password. A
  /// device of the newer scheme may have stored an old hash.
  [[nodiscard]] bool try_other_hash();
  /// try_other_hash() has said yes.
  [[nodiscard]] bool tries_other_hash() const { return tries_other_; }

 private:
  std::string password_;
  port::Entropy& entropy_;
  wire::StoredHash hash_;  ///< in the SHA-256 scheme
  bool tries_other_{false};
  wire::PasswordScheme scheme_{wire::PasswordScheme::md5};
  wire::Nonce nonce_;
  std::string answer_;
};

}  // namespace airlift::cli
