// Ed25519 by the portable "ref10" code in libsodium. Only the arithmetic on the curve is linked in; the
// digest is that of the crypto backend.

extern "C" {
#include <private/ed25519_ref10.h>
}

#include <algorithm>

#include "airlift/crypto/hash.hpp"
#include "spki/spki.hpp"

extern "C" int sodium_is_zero(const unsigned char* bytes, std::size_t count);

// The one function that ref10 takes from the rest of libsodium. The time depends on the size only.
int sodium_is_zero(const unsigned char* bytes, std::size_t count) {
  unsigned char seen{0};
  for (std::size_t at = 0; at < count; ++at) seen |= bytes[at];
  return static_cast<int>(seen == 0);
}

namespace airlift::crypto::backend {
namespace {

constexpr std::size_t part_bytes{32};  // of a key, and of each half of a signature: RFC 8032 5.1.5 and 5.1.6

/// SHA-512 of the point R, the key and the message, modulo the order of the group (RFC 8032 5.1.7).
Sha512Digest challenge_of(Bytes point, Bytes key, Bytes message) {
  Sha512Digest digest = crypto::Sha512{}.update(point).update(key).update(message).finish();
  sc25519_reduce(digest.data());
  return digest;
}

}  // namespace

// What libsodium's own crypto_sign_ed25519_verify_detached() checks but for what crypto/signature.hpp asks of
// a key, and that it refuses an R of small order, which only the key's owner can make.
bool verify_ed25519(Bytes spki, Bytes message, Bytes signature) {
  const Bytes key = read_spki(spki).key;
  if (key.size() != part_bytes || signature.size() != 2 * part_bytes) return false;
  const Bytes point = signature.first(part_bytes);
  const Bytes scalar = signature.subspan(part_bytes);
  ge25519_p3 negative_key;
  if (sc25519_is_canonical(scalar.data()) == 0 ||
      ge25519_frombytes_negate_vartime(&negative_key, key.data()) != 0) {
    return false;
  }
  ge25519_p2 sum;
  ge25519_double_scalarmult_vartime(&sum, challenge_of(point, key, message).data(), &negative_key,
                                    scalar.data());
  std::array<std::uint8_t, part_bytes> expected{};
  ge25519_tobytes(expected.data(), &sum);
  return std::equal(expected.begin(), expected.end(), point.begin());
}

}  // namespace airlift::crypto::backend
