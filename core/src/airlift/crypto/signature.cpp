#include "airlift/crypto/signature.hpp"

#include <algorithm>

#include "airlift/crypto/signature_backend.hpp"

namespace airlift::crypto {
namespace {

using Type = backend::KeyFacts::Type;

// Sizes of a SubjectPublicKeyInfo: RFC 8410 4 (the last 32 bytes are the key), RFC 5480 2 with a named curve
// and an uncompressed point, which stands last: 4, x, y. Explicit parameters are longer, compressed points
// shorter.
constexpr std::size_t ed25519_raw_bytes{32};
constexpr std::size_t p256_der_bytes{91};
constexpr std::size_t p384_der_bytes{120};

constexpr std::size_t least_rsa_bits{2048};

// DigestInfo of SHA-256 without the digest: RFC 8017 9.2, note 1.
constexpr std::array<std::uint8_t, 19> sha256_digest_info{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                                          0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                          0x01, 0x05, 0x00, 0x04, 0x20};

// The y of the four points of order 8: d y^4 + 2 y^2 = 1, since their doubles have y = 0 and thus x^2 = -y^2.
constexpr std::array<std::uint8_t, ed25519_raw_bytes> order_8_y{
    0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
    0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05};
constexpr std::array<std::uint8_t, ed25519_raw_bytes> other_order_8_y{
    0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
    0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a};

Bytes raw_of(Bytes ed25519_spki) {
  return ed25519_spki.subspan(ed25519_der_bytes - ed25519_raw_bytes);
}

/// Whether the key's y is below p = 2^255 - 19, its one encoding (RFC 8032 5.1.3), and not 0, 1, -1 or one of
/// the above: for those, the points of small order, anybody can sign. Libraries differ in what they refuse.
bool is_sound(Bytes raw) {
  std::array<std::uint8_t, ed25519_raw_bytes> y{};
  std::copy(raw.begin(), raw.end(), y.begin());
  y[31] &= 0x7F;  // without the sign of x
  bool inner_alike{true};
  for (std::size_t at = 2; at < 31; ++at) inner_alike = inner_alike && y[at] == y[1];
  const bool at_most_1 = inner_alike && y[31] == 0 && y[1] == 0 && y[0] <= 1;
  const bool at_least_p_minus_1 = inner_alike && y[31] == 0x7F && y[1] == 0xFF && y[0] >= 0xEC;
  return !at_most_1 && !at_least_p_minus_1 && y != order_8_y && y != other_order_8_y;
}

bool is_uncompressed(Bytes spki, std::size_t bits) {
  const std::size_t point_bytes = 1 + 2 * (bits / 8);
  return spki[spki.size() - point_bytes] == 4;
}

bool is_taken(const backend::KeyFacts& facts, Bytes spki) {
  switch (facts.type) {
    case Type::ed25519:
      return spki.size() == ed25519_der_bytes && is_sound(raw_of(spki));
    case Type::p256:
      return spki.size() == p256_der_bytes && is_uncompressed(spki, facts.bits);
    case Type::p384:
      return spki.size() == p384_der_bytes && is_uncompressed(spki, facts.bits);
    case Type::rsa:
      return facts.bits >= least_rsa_bits && facts.bits <= most_rsa_bits && facts.bits % 8 == 0;
    case Type::unreadable:
    case Type::other:
      return false;
  }
  return false;
}

KeyId id_of(KeyType type, Bytes spki) {
  const bool raw = type == KeyType::ed25519;
  const Sha256Digest digest = sha256(raw ? raw_of(spki) : spki);
  KeyId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

Status right_or_wrong(bool right) {
  return right ? Status{} : Status{UpdateError::signature_wrong};
}

bool equal(Bytes a, Bytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

Result<KeyView> KeyView::from_der(Bytes spki) {
  if (spki.size() > longest_key_der_bytes) return UpdateError::key_unreadable;
  const backend::KeyFacts facts = backend::read_public_key(spki);
  if (!is_taken(facts, spki)) return UpdateError::key_unreadable;
  KeyView key;
  key.der_ = spki;
  key.bits_ = static_cast<std::uint16_t>(facts.bits);
  key.type_ = facts.type == Type::ed25519 ? KeyType::ed25519
              : facts.type == Type::rsa   ? KeyType::rsa
                                          : KeyType::ecdsa;
  key.id_ = id_of(key.type_, spki);
  return key;
}

Result<PublicKey> PublicKey::from_der(Bytes spki) {
  const Result<KeyView> read = KeyView::from_der(spki);
  if (!read.ok()) return read.error();
  PublicKey key;
  key.key_ = read.value();
  std::copy(spki.begin(), spki.end(), key.der_.begin());
  return key;
}

Status verify_ed25519(const KeyView& key, Bytes message, Bytes signature) {
  return right_or_wrong(!key.der().empty() && key.type() == KeyType::ed25519 &&
                        signature.size() == ed25519_signature_bytes &&
                        backend::verify_ed25519(key.der(), message, signature));
}

Status verify_rsa_pkcs1_sha256(const KeyView& key, const Sha256Digest& digest, Bytes signature) {
  if (key.type() != KeyType::rsa || signature.size() != key.bits() / 8) return UpdateError::signature_wrong;
  std::array<std::uint8_t, most_rsa_bits / 8> room{};
  const Bytes opened = Bytes{room}.first(backend::open_rsa_pkcs1(key.der(), signature, room));
  if (opened.size() == digest.size()) return UpdateError::legacy_signature;
  return right_or_wrong(opened.size() == sha256_digest_info.size() + digest.size() &&
                        equal(opened.first(sha256_digest_info.size()), sha256_digest_info) &&
                        equal(opened.subspan(sha256_digest_info.size()), digest));
}

Status verify_rsa_pss(const KeyView& key, DigestKind kind, Bytes digest, Bytes signature) {
  return right_or_wrong(key.type() == KeyType::rsa && signature.size() == key.bits() / 8 &&
                        digest.size() == digest_bytes(kind) &&
                        backend::verify_rsa_pss(key.der(), kind, digest, signature));
}

Status verify_ecdsa(const KeyView& key, DigestKind kind, Bytes digest, Bytes der_signature) {
  return right_or_wrong(key.type() == KeyType::ecdsa && digest.size() == digest_bytes(kind) &&
                        backend::verify_ecdsa(key.der(), digest, der_signature));
}

}  // namespace airlift::crypto
