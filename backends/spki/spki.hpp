#pragma once
// Reads DER (X.690 10) and what public keys are written in. A backend's bytes may come from a stranger: each
// length is checked, and only the one form that DER allows is taken.

#include "airlift/crypto/signature_backend.hpp"

namespace airlift::crypto::backend {

/// The tags that are needed here.
enum class DerTag : std::uint8_t {
  integer = 0x02,
  bit_string = 0x03,
  object_identifier = 0x06,
  sequence = 0x30,
};

/// Takes one value after the other. Once something is not as asked for, everything is empty and wrong.
class DerReader {
 public:
  explicit DerReader(Bytes der) : rest_{der} {}

  /// The contents of the next value.
  [[nodiscard]] Bytes take(DerTag tag);
  /// The next value, a positive INTEGER, without the zero that stands for its sign.
  [[nodiscard]] Bytes take_positive();
  /// Nothing was wrong, and nothing is left.
  [[nodiscard]] bool is_at_end() const { return right_ && rest_.empty(); }

 private:
  [[nodiscard]] std::size_t take_length();
  Bytes fail();

  Bytes rest_;
  bool right_{true};
};

/// A SubjectPublicKeyInfo (RFC 5280 4.1).
struct Spki {
  KeyFacts::Type type{KeyFacts::Type::unreadable};  ///< `unreadable`: not the DER of one
  Bytes key;                                        ///< what its BIT STRING holds: not looked at
};

[[nodiscard]] Spki read_spki(Bytes spki);

/// `key` when it can be an Ed25519 key, else `unreadable`.
[[nodiscard]] KeyFacts ed25519_facts(Bytes key);

}  // namespace airlift::crypto::backend
