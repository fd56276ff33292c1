#pragma once
// What a crypto library must offer for signatures. One implementation is linked in: OpenSSL in posix/,
// BearSSL and libsodium's Ed25519 in backends/. A key is its SubjectPublicKeyInfo; sizes and types have been
// checked by the front end, crypto/signature.hpp.

#include "airlift/crypto/signature.hpp"

namespace airlift::crypto::backend {

/// What a SubjectPublicKeyInfo holds.
struct KeyFacts {
  enum class Type : std::uint8_t { unreadable, other, ed25519, rsa, p256, p384 };
  Type type{Type::unreadable};
  std::size_t bits{0};  ///< of the modulus or the curve; of `other` any
};

/// `unreadable` also when the library would write the key in other bytes.
[[nodiscard]] KeyFacts read_public_key(Bytes spki);

/// RFC 8032 5.1.7: S is below L, A is a point, and S B - k A is R, bit for bit, so an R in another encoding
/// is refused. The front end has refused keys that are not in their one encoding or of small order.
[[nodiscard]] bool verify_ed25519(Bytes spki, Bytes message, Bytes signature);

/// Computes signature^e mod n and takes off the PKCS #1 padding of type 1 (RFC 8017 9.2). Puts what was
/// padded into `into`. Gives its size; 0: wrong padding, or longer than `into`.
[[nodiscard]] std::size_t open_rsa_pkcs1(Bytes spki, Bytes signature, MutableBytes into);

[[nodiscard]] bool verify_rsa_pss(Bytes spki, DigestKind kind, Bytes digest, Bytes signature);

/// `signature` may be any bytes; true for exactly one DER signature only.
[[nodiscard]] bool verify_ecdsa(Bytes spki, Bytes digest, Bytes signature);

}  // namespace airlift::crypto::backend
