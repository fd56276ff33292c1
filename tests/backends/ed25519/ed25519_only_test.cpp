// The backend for devices that take Ed25519 only.

#include <gtest/gtest.h>

#include <vector>

#include "airlift/codec/text.hpp"
#include "airlift/crypto/signature_backend.hpp"
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

Type type_of(std::string_view hex) {
  const Buffer der = bytes_of(hex);
  return read_public_key(view(der)).type;
}

TEST(Ed25519Only, KnowsItsKeyAndThatOthersAreKeys) {
  EXPECT_EQ(type_of(vectors::ed25519_key), Type::ed25519);
  EXPECT_EQ(type_of(vectors::rsa_key), Type::other);
  EXPECT_EQ(type_of(vectors::p256_key), Type::other);
  EXPECT_EQ(type_of(vectors::p384_key), Type::other);
  EXPECT_EQ(type_of(vectors::ed25519_key.substr(0, 86)), Type::unreadable);
  EXPECT_EQ(type_of(""), Type::unreadable);
}

TEST(Ed25519Only, VerifiesThatAndNothingElse) {
  const Buffer key = bytes_of(vectors::ed25519_key);
  EXPECT_TRUE(verify_ed25519(view(key), as_bytes("r"), view(bytes_of(vectors::ed25519_signature))));
  EXPECT_FALSE(verify_ed25519(view(key), as_bytes("s"), view(bytes_of(vectors::ed25519_signature))));

  const auto message = as_bytes("what is signed");
  const Sha256Digest digest = sha256(message);
  const Buffer rsa = bytes_of(vectors::rsa_key);
  std::array<std::uint8_t, 512> room{};
  EXPECT_EQ(open_rsa_pkcs1(view(rsa), view(bytes_of(vectors::rsa_pkcs1_sha256)), room), 0U);
  EXPECT_FALSE(verify_rsa_pss(view(rsa), DigestKind::sha384, crypto::Sha384{}.update(message).finish(),
                              view(bytes_of(vectors::rsa_pss_sha384))));
  EXPECT_FALSE(verify_ecdsa(view(bytes_of(vectors::p256_key)), digest, view(bytes_of(vectors::p256_sha256))));
}

}  // namespace
}  // namespace airlift::crypto::backend
