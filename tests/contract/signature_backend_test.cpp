// What every signature backend must do: posix', and those of backends/.

#include "airlift/crypto/signature_backend.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "airlift/codec/text.hpp"
#include "contract/signature_vectors.hpp"

namespace airlift::crypto::backend {
namespace {

using Type = KeyFacts::Type;
using Buffer = std::vector<std::uint8_t>;

Buffer bytes_of(std::string_view hex) {
  Buffer bytes(hex.size() / 2);
  EXPECT_TRUE(codec::from_hex(hex, {bytes.data(), bytes.size()}));
  return bytes;
}

Bytes view(const Buffer& buffer) {
  return {buffer.data(), buffer.size()};
}

Buffer changed(Buffer bytes, std::size_t at) {
  bytes[at] ^= 1;
  return bytes;
}

const auto message = as_bytes("what is signed");

TEST(SignatureBackend, KnowsWhatAKeyIs) {
  struct Expected {
    std::string_view key;
    Type type;
    std::size_t bits;
  };
  for (const auto& [key, type, bits] :
       {Expected{vectors::ed25519_key, Type::ed25519, 256}, Expected{vectors::rsa_key, Type::rsa, 2048},
        Expected{vectors::p256_key, Type::p256, 256}, Expected{vectors::p384_key, Type::p384, 384},
        Expected{vectors::p521_key, Type::other, 0}}) {
    const Buffer der = bytes_of(key);
    const KeyFacts facts = read_public_key(view(der));
    EXPECT_EQ(facts.type, type);
    EXPECT_EQ(type == Type::other ? 0 : facts.bits, bits);
    for (std::size_t size = 0; size < der.size(); ++size) {
      const Buffer cut(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_EQ(read_public_key(view(cut)).type, Type::unreadable) << size;
    }
    Buffer longer = der;
    longer.push_back(0);
    EXPECT_EQ(read_public_key(view(longer)).type, Type::unreadable);
  }
  EXPECT_EQ(read_public_key(as_bytes("no key at all")).type, Type::unreadable);
}

TEST(SignatureBackend, RefusesAPointThatIsNotOnItsCurve) {
  const Buffer der = changed(bytes_of(vectors::p256_key), 90);
  EXPECT_EQ(read_public_key(view(der)).type, Type::unreadable);
}

TEST(SignatureBackend, VerifiesEd25519) {
  const Buffer key = bytes_of(vectors::ed25519_key);
  const Buffer signature = bytes_of(vectors::ed25519_signature);
  EXPECT_TRUE(verify_ed25519(view(key), as_bytes("r"), view(signature)));
  EXPECT_FALSE(verify_ed25519(view(key), as_bytes("s"), view(signature)));
  EXPECT_FALSE(verify_ed25519(view(key), {}, view(signature)));
  EXPECT_FALSE(verify_ed25519(view(key), as_bytes("r"), view(changed(signature, 0))));
  EXPECT_FALSE(verify_ed25519(view(key), as_bytes("r"), view(changed(signature, 63))));
  // Its second half plus the order of the group (RFC 8032 5.1.7): the same equation, but not the one
  // encoding.
  const Buffer second = bytes_of(vectors::ed25519_signature_plus_order);
  EXPECT_FALSE(verify_ed25519(view(key), as_bytes("r"), view(second)));
}

TEST(SignatureBackend, OpensPkcs1) {
  const Buffer key = bytes_of(vectors::rsa_key);
  const Sha256Digest digest = sha256(message);
  std::array<std::uint8_t, 512> room{};
  const auto open = [&](const Buffer& signature, std::size_t size = 512) {
    return Bytes{room}.first(open_rsa_pkcs1(view(key), view(signature), MutableBytes{room}.first(size)));
  };
  const Buffer signature = bytes_of(vectors::rsa_pkcs1_sha256);
  ASSERT_EQ(open(signature).size(), 51U);  // DigestInfo, RFC 8017 9.2
  EXPECT_EQ(as_text(open(signature).subspan(19)), as_text(digest));
  EXPECT_EQ(as_text(open(bytes_of(vectors::rsa_bare_digest))), as_text(digest));
  EXPECT_EQ(open(signature, 50).size(), 0U) << "no room";
  EXPECT_EQ(open(changed(signature, 7)).size(), 0U);
  EXPECT_EQ(open(bytes_of(vectors::rsa_pss_sha384)).size(), 0U) << "other padding";
  EXPECT_EQ(open(Buffer(256, 0xFF)).size(), 0U) << "not below the modulus";
  EXPECT_EQ(open(Buffer(256)).size(), 0U);
}

TEST(SignatureBackend, VerifiesPss) {
  const Buffer key = bytes_of(vectors::rsa_key);
  const Buffer signature = bytes_of(vectors::rsa_pss_sha384);
  const auto digest = crypto::Sha384{}.update(message).finish();
  const auto verify = [&](Bytes of, const Buffer& by) {
    return verify_rsa_pss(view(key), DigestKind::sha384, of, view(by));
  };
  EXPECT_TRUE(verify(digest, signature));
  EXPECT_FALSE(verify(crypto::Sha384{}.finish(), signature));
  EXPECT_FALSE(verify(digest, changed(signature, 100)));
  EXPECT_FALSE(verify(digest, bytes_of(vectors::rsa_pkcs1_sha256)));
  EXPECT_FALSE(verify(digest, Buffer(256, 0xFF)));
}

TEST(SignatureBackend, VerifiesEcdsa) {
  const auto verify = [](std::string_view key, Bytes digest, const Buffer& signature) {
    const Buffer der = bytes_of(key);
    return verify_ecdsa(view(der), digest, view(signature));
  };
  const Sha256Digest short_digest = sha256(message);
  const Sha512Digest long_digest = crypto::Sha512{}.update(message).finish();
  const Buffer by_p256 = bytes_of(vectors::p256_sha256);
  const Buffer by_p384 = bytes_of(vectors::p384_sha512);
  EXPECT_TRUE(verify(vectors::p256_key, short_digest, by_p256));
  EXPECT_TRUE(verify(vectors::p384_key, long_digest, by_p384)) << "a digest longer than the curve";
  EXPECT_FALSE(verify(vectors::p384_key, short_digest, by_p256));
  EXPECT_FALSE(verify(vectors::p256_key, sha256({}), by_p256));
  for (std::size_t at = 0; at < by_p256.size(); ++at) {
    EXPECT_FALSE(verify(vectors::p256_key, short_digest, changed(by_p256, at))) << at;
  }
  Buffer longer = by_p256;
  longer.push_back(0);
  EXPECT_FALSE(verify(vectors::p256_key, short_digest, longer)) << "exactly one DER signature";
  EXPECT_FALSE(verify(vectors::p256_key, short_digest, {}));
  EXPECT_FALSE(verify(vectors::p256_key, short_digest, bytes_of("3006020100020100"))) << "r = s = 0";
}

}  // namespace
}  // namespace airlift::crypto::backend
