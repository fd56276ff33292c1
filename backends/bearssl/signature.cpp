// Core's public keys and ECDSA by BearSSL, in constant memory on the stack.

#include <bearssl_ec.h>

#include <algorithm>

#include "bearssl/keys.hpp"
#include "spki/spki.hpp"

namespace airlift::crypto::backend {
namespace {

using Type = KeyFacts::Type;

constexpr std::size_t longest_point_bytes{97};  // of P-384: 4, x, y

struct Curve {
  int id;
  std::size_t bytes;  ///< of a coordinate, and of a number modulo its order
};

Curve curve_of(Type type) {
  return type == Type::p256 ? Curve{BR_EC_secp256r1, 32} : Curve{BR_EC_secp384r1, 48};
}

/// Uncompressed, and on the curve: BearSSL finds out when it multiplies.
bool is_point(Bytes point, const Curve& curve) {
  std::array<std::uint8_t, longest_point_bytes> product{};
  if (point.size() != 1 + 2 * curve.bytes) return false;
  std::copy(point.begin(), point.end(), product.begin());
  const unsigned char one{1};
  return br_ec_prime_i31.mul(product.data(), point.size(), &one, 1, curve.id) == 1;
}

KeyFacts ec_facts(Type type, Bytes point) {
  const Curve curve = curve_of(type);
  return is_point(point, curve) ? KeyFacts{type, curve.bytes * 8} : KeyFacts{};
}

using RawSignature = std::array<std::uint8_t, 2 * 48>;

/// Takes r or s into the end of its place, which is zero. False: it is not there, or too long.
bool take_number(DerReader& der, MutableBytes place) {
  const Bytes number = der.take_positive();
  if (number.empty() || number.size() > place.size()) return false;
  std::copy(number.begin(), number.end(), place.end() - number.size());
  return true;
}

/// DER (RFC 3279 2.2.3) to r and s, each as long as a coordinate. False: not exactly one DER signature.
bool read_signature(Bytes der, const Curve& curve, RawSignature& raw) {
  DerReader outer{der};
  DerReader inner{outer.take(DerTag::sequence)};
  const MutableBytes place{raw};
  return take_number(inner, place.first(curve.bytes)) &&
         take_number(inner, place.subspan(curve.bytes, curve.bytes)) && inner.is_at_end() &&
         outer.is_at_end();
}

}  // namespace

KeyFacts read_public_key(Bytes spki) {
  const Spki read = read_spki(spki);
  switch (read.type) {
    case Type::ed25519:
      return ed25519_facts(read.key);
    case Type::rsa:
      return rsa_facts(read.key);
    case Type::p256:
    case Type::p384:
      return ec_facts(read.type, read.key);
    case Type::unreadable:
    case Type::other:
      break;
  }
  return {read.type, 0};
}

bool verify_ecdsa(Bytes spki, Bytes digest, Bytes signature) {
  const Spki read = read_spki(spki);
  if (read.type != Type::p256 && read.type != Type::p384) return false;
  const Curve curve = curve_of(read.type);
  RawSignature raw{};
  if (!read_signature(signature, curve, raw)) return false;
  const br_ec_public_key key{curve.id, mutable_data(read.key), read.key.size()};
  return br_ecdsa_i31_vrfy_raw(&br_ec_prime_i31, digest.data(), digest.size(), &key, raw.data(),
                               2 * curve.bytes) == 1;
}

}  // namespace airlift::crypto::backend
