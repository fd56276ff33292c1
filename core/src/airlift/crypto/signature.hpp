#pragma once
// Public keys and signatures. These front ends own the rules (which keys, which sizes, what a signature must
// contain); a backend chosen when linking only computes. Everything here may come from a stranger: each input
// is checked, and a wrong one is an outcome.

#include "airlift/base/status.hpp"
#include "airlift/crypto/hash.hpp"

namespace airlift::crypto {

/// Larger RSA keys are not taken.
inline constexpr std::size_t most_rsa_bits{4096};

enum class KeyType : std::uint8_t { ed25519, rsa, ecdsa };

[[nodiscard]] constexpr std::string_view name_of(KeyType type) {
  return type == KeyType::ed25519 ? "ed25519" : type == KeyType::rsa ? "rsa" : "ecdsa";
}

/// How keys are named: the first 8 bytes of a SHA-256, over the 32 raw key bytes for Ed25519, over the whole
/// SubjectPublicKeyInfo for the others.
using KeyId = std::array<std::uint8_t, 8>;

inline constexpr std::size_t ed25519_signature_bytes{64};

inline constexpr std::size_t ed25519_der_bytes{44};  ///< RFC 8410 4
/// Of any key that is taken: RSA-4096 with an exponent of 65537 takes 550 bytes.
inline constexpr std::size_t longest_key_der_bytes{600};

/// One public key: Ed25519, RSA of 2048 to 4096 bits (whole bytes), or EC on P-256 or P-384. Views its
/// SubjectPublicKeyInfo, which outlives it.
class KeyView {
 public:
  /// No key: every signature is wrong for it.
  KeyView() = default;
  /// The same key, its bytes elsewhere.
  KeyView(const KeyView& key, Bytes der) : der_{der}, id_{key.id_}, bits_{key.bits_}, type_{key.type_} {}

  /// Reads a SubjectPublicKeyInfo (RFC 5280), what stands in a PEM file of "PUBLIC KEY". Outcomes: the key;
  /// key_unreadable: not such a key, or not in the one canonical encoding (DER, named curve, uncompressed
  /// point, Ed25519's y below p), which its id rests on; or an Ed25519 key of small order, for which anybody
  /// can sign. Whether an Ed25519 key is a point at all shows when it is used: nothing is signed by one that
  /// is not.
  [[nodiscard]] static Result<KeyView> from_der(Bytes spki);

  [[nodiscard]] KeyType type() const { return type_; }
  [[nodiscard]] std::size_t bits() const { return bits_; }  ///< 256 for Ed25519 and P-256
  [[nodiscard]] const KeyId& id() const { return id_; }
  [[nodiscard]] Bytes der() const { return der_; }

 private:
  Bytes der_;
  KeyId id_{};
  std::uint16_t bits_{0};
  KeyType type_{KeyType::ed25519};
};

/// A key that brings the memory of its bytes.
class PublicKey {
 public:
  static constexpr std::size_t longest_der_bytes{longest_key_der_bytes};

  PublicKey() = default;
  /// Outcomes: as KeyView::from_der(); `spki` is copied.
  [[nodiscard]] static Result<PublicKey> from_der(Bytes spki);

  [[nodiscard]] KeyView view() const { return {key_, Bytes{der_}.first(key_.der().size())}; }
  operator KeyView() const { return view(); }
  [[nodiscard]] KeyType type() const { return key_.type(); }
  [[nodiscard]] std::size_t bits() const { return key_.bits(); }
  [[nodiscard]] const KeyId& id() const { return key_.id(); }
  [[nodiscard]] Bytes der() const { return view().der(); }

 private:
  std::array<std::uint8_t, longest_der_bytes> der_{};
  KeyView key_;  ///< its bytes may have moved since: those in der_ count
};

/// Pure Ed25519 (RFC 8032 5.1.7, the equation without the factor 8) over `message`. Outcomes: ok;
/// signature_wrong, also for a key of another type or a signature that is not 64 bytes. Every backend gives
/// the same: docs/design/image-format.md.
[[nodiscard]] Status verify_ed25519(const KeyView& key, Bytes message, Bytes signature);

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2). Outcomes: ok; legacy_signature: the key opens the signature
/// to 32 bare bytes, the ESP8266 core's old form, which names no digest; signature_wrong, also for a key of
/// another type or a signature that is not as long as the modulus.
[[nodiscard]] Status verify_rsa_pkcs1_sha256(const KeyView& key, const Sha256Digest& digest, Bytes signature);

/// RSASSA-PSS (RFC 8017 8.1), MGF1 with the same digest, salt of any length. Outcomes: ok; signature_wrong,
/// also for a key of another type, a digest or a signature of another size.
[[nodiscard]] Status verify_rsa_pss(const KeyView& key, DigestKind kind, Bytes digest, Bytes signature);

/// ECDSA (FIPS 186-4), the signature in DER. Outcomes: ok; signature_wrong, also for a key of another type, a
/// digest of another size, or anything but exactly one DER signature.
[[nodiscard]] Status verify_ecdsa(const KeyView& key, DigestKind kind, Bytes digest, Bytes der_signature);

}  // namespace airlift::crypto
