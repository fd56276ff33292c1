#include "airlift/crypto/hash.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "airlift/codec/text.hpp"

namespace airlift::crypto {
namespace {

template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& bytes) {
  const auto text = codec::to_hex(bytes);
  return std::string{codec::view(text)};
}

TEST(Md5, GivesTheDigestsOfRfc1321) {
  EXPECT_EQ(hex(md5({})), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex(md5(as_bytes("abc"))), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(md5(as_bytes("message digest"))), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Sha256, GivesTheDigestsOfFips180) {
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

// FIPS 180-4 examples: SHA384.pdf and SHA512.pdf of the NIST's cryptographic toolkit.
TEST(Sha512, AndSha384GiveTheDigestsOfFips180) {
  EXPECT_EQ(
      hex(Sha384{}.update(as_bytes("abc")).finish()),
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(hex(Sha512{}.update(as_bytes("abc")).finish()),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Sha2, IsTheDigestThatWasChosen) {
  const auto digest = [](DigestKind kind) {
    Sha2 hash{DigestKind::sha256};
    hash.update(as_bytes("forgotten")).start(kind);
    return std::string{as_text(hash.update(as_bytes("a")).update(as_bytes("bc")).finish())};
  };
  const auto expected = [](const auto& bytes) { return std::string{as_text(bytes)}; };
  EXPECT_EQ(digest(DigestKind::sha256), expected(sha256(as_bytes("abc"))));
  EXPECT_EQ(digest(DigestKind::sha384), expected(Sha384{}.update(as_bytes("abc")).finish()));
  EXPECT_EQ(digest(DigestKind::sha512), expected(Sha512{}.update(as_bytes("abc")).finish()));
  for (const DigestKind kind : {DigestKind::sha256, DigestKind::sha384, DigestKind::sha512}) {
    EXPECT_EQ(digest(kind).size(), digest_bytes(kind));
  }
}

template <typename H>
const EVP_MD* reference_of() {
  switch (H::digest_bytes) {
    case 16:
      return EVP_md5();
    case 32:
      return EVP_sha256();
    case 48:
      return EVP_sha384();
    default:
      return EVP_sha512();
  }
}

template <typename H>
class AnyHash : public testing::Test {};
using Hashes = testing::Types<Md5, Sha256, Sha384, Sha512>;
TYPED_TEST_SUITE(AnyHash, Hashes);

TYPED_TEST(AnyHash, AnyCutGivesTheDigestOfTheWholeAsOpensslSeesIt) {
  const EVP_MD* reference = reference_of<TypeParam>();
  std::mt19937 random{4};
  for (std::size_t size = 0; size < 300; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    typename TypeParam::Digest expected{};
    ASSERT_EQ(EVP_Digest(bytes.data(), size, expected.data(), nullptr, reference, nullptr), 1);
    TypeParam hash;
    for (Bytes rest{bytes.data(), size}; !rest.empty();) {
      const std::size_t count = std::min<std::size_t>(random() % 100, rest.size());
      hash.update(rest.first(count));
      rest = rest.subspan(count);
    }
    EXPECT_EQ(hash.finish(), expected) << size;
  }
}

TYPED_TEST(AnyHash, StartsAnew) {
  TypeParam hash;
  hash.update(as_bytes("forgotten")).start();
  const auto first = hash.update(as_bytes("abc")).finish();
  hash.start();
  EXPECT_EQ(hash.update(as_bytes("abc")).finish(), first);
  EXPECT_EQ(TypeParam{}.update(as_bytes("abc")).finish(), first);
}

TYPED_TEST(AnyHash, ACopyGoesOnByItself) {
  TypeParam original;
  original.update(as_bytes("ab"));
  TypeParam copy = original;
  copy.update(as_bytes("X"));
  EXPECT_EQ(original.update(as_bytes("c")).finish(), TypeParam{}.update(as_bytes("abc")).finish());
  EXPECT_EQ(copy.finish(), TypeParam{}.update(as_bytes("abX")).finish());
}

#ifndef NDEBUG
TYPED_TEST(AnyHash, IsReadOnce) {
  TypeParam hash;
  (void)hash.finish();
  EXPECT_DEATH((void)hash.finish(), "finished_");
  EXPECT_DEATH(hash.update({}), "finished_");
}
#endif

TEST(EqualConstantTime, IsTrueForEqualBytesOnly) {
  using backend::equal_constant_time;
  EXPECT_TRUE(equal_constant_time({}, {}));
  EXPECT_TRUE(equal_constant_time(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("Same")));
  EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("samE")));
  EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sam")));
  EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("same!")));
  EXPECT_FALSE(equal_constant_time(as_bytes("same"), {}));
  EXPECT_FALSE(equal_constant_time({}, as_bytes("same")));
}

}  // namespace
}  // namespace airlift::crypto
