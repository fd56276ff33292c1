// Core's RSA signatures by BearSSL: its arithmetic, with the paddings here. Of PKCS #1 it only compares a
// padding with the one it expects, and core wants to see what is in it; of PSS, version 0.6 has nothing.

#include <bearssl_rsa.h>

#include <algorithm>

#include "bearssl/keys.hpp"
#include "spki/spki.hpp"

// In BearSSL's inner.h, which is not C++: RFC 8017 B.2.1.
extern "C" void br_mgf1_xor(void* data, std::size_t size, const br_hash_class* digest, const void* seed,
                            std::size_t seed_size);

namespace airlift::crypto::backend {
namespace {

struct RsaKey {
  Bytes modulus;
  Bytes exponent;
};

/// Both empty when `der` is no RSAPublicKey.
RsaKey read_rsa_key(Bytes der) {
  DerReader outer{der};
  DerReader inner{outer.take(DerTag::sequence)};
  const RsaKey key{inner.take_positive(), inner.take_positive()};
  return outer.is_at_end() && inner.is_at_end() ? key : RsaKey{};
}

bool is_odd(Bytes number) {
  return number[number.size() - 1] % 2 == 1;
}

std::size_t bits_of(Bytes number) {
  std::size_t bits = 8 * number.size();
  for (unsigned top = number[0]; top < 0x80; top *= 2) --bits;
  return bits;
}

/// What signature^e mod n is, as long as the modulus.
class Opened {
 public:
  Opened(Bytes spki, Bytes signature) {
    const RsaKey key = read_rsa_key(read_spki(spki).key);
    if (signature.size() > room_.size()) return;
    std::copy(signature.begin(), signature.end(), room_.begin());
    const br_rsa_public_key public_key{mutable_data(key.modulus), key.modulus.size(),
                                       mutable_data(key.exponent), key.exponent.size()};
    if (br_rsa_i31_public(room_.data(), signature.size(), &public_key) == 1) bytes_ = signature.size();
  }

  /// Empty: the signature is not as long as the modulus, or not below it.
  [[nodiscard]] MutableBytes bytes() { return MutableBytes{room_}.first(bytes_); }

 private:
  std::array<std::uint8_t, most_rsa_bits / 8> room_{};
  std::size_t bytes_{0};
};

const br_hash_class* class_of(DigestKind kind) {
  return kind == DigestKind::sha256   ? &br_sha256_vtable
         : kind == DigestKind::sha384 ? &br_sha384_vtable
                                      : &br_sha512_vtable;
}

/// RFC 8017 9.1.2, step 12 to 14: the digest of eight zeros, the message's digest and the salt.
bool is_pss_hash(Bytes hash, const br_hash_class* kind, Bytes digest, Bytes salt) {
  constexpr std::array<std::uint8_t, 8> zeros{};
  Sha512Digest expected{};
  br_hash_compat_context context{};
  kind->init(&context.vtable);
  for (const Bytes part : {Bytes{zeros}, digest, salt})
    kind->update(&context.vtable, part.data(), part.size());
  kind->out(&context.vtable, expected.data());
  return std::equal(hash.begin(), hash.end(), expected.begin());
}

}  // namespace

KeyFacts rsa_facts(Bytes rsa_public_key) {
  const RsaKey key = read_rsa_key(rsa_public_key);
  if (key.modulus.empty() || !is_odd(key.modulus) || !is_odd(key.exponent)) return {};
  return {KeyFacts::Type::rsa, bits_of(key.modulus)};
}

// RFC 8017 9.2: 0, 1, at least eight times 255, 0, what was padded.
std::size_t open_rsa_pkcs1(Bytes spki, Bytes signature, MutableBytes into) {
  constexpr std::size_t least_padding{8};
  Opened opened{spki, signature};
  const Bytes block = opened.bytes();
  if (block.size() < 3 + least_padding || block[0] != 0 || block[1] != 1) return 0;
  const auto* const end =
      std::find_if(block.begin() + 2, block.end(), [](auto byte) { return byte != 0xFF; });
  if (end == block.end() || *end != 0 || end < block.begin() + 2 + least_padding) return 0;
  const Bytes padded{end + 1, static_cast<std::size_t>(block.end() - end) - 1};
  if (padded.size() > into.size()) return 0;
  std::copy(padded.begin(), padded.end(), into.begin());
  return padded.size();
}

// RFC 8017 9.1.2, for a modulus of whole bytes: one bit of the block is not used. Block: masked (zeros, 1,
// salt), hash, 0xBC.
bool verify_rsa_pss(Bytes spki, DigestKind kind, Bytes digest, Bytes signature) {
  Opened opened{spki, signature};
  const MutableBytes block = opened.bytes();
  if (block.size() < digest.size() + 2 || block[0] >= 0x80 || block[block.size() - 1] != 0xBC) return false;
  const MutableBytes data = block.first(block.size() - digest.size() - 1);
  const Bytes hash = Bytes{block}.subspan(data.size(), digest.size());
  const br_hash_class* const digest_class = class_of(kind);
  br_mgf1_xor(data.data(), data.size(), digest_class, hash.data(), hash.size());
  data[0] &= 0x7FU;
  const auto* const one = std::find_if(data.begin(), data.end(), [](auto byte) { return byte != 0; });
  if (one == data.end() || *one != 1) return false;
  return is_pss_hash(hash, digest_class, digest, {one + 1, static_cast<std::size_t>(data.end() - one) - 1});
}

}  // namespace airlift::crypto::backend
