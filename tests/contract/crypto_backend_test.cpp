// What every backend of digests must do: posix', and those of backends/.

#include <gtest/gtest.h>

#include <string>

#include "airlift/codec/text.hpp"
#include "airlift/crypto/hash.hpp"
#include "airlift/crypto/pbkdf2.hpp"

namespace airlift::crypto {
namespace {

template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& bytes) {
  return std::string{codec::view(codec::to_hex(bytes))};
}

// Vectors: RFC 1321 A.5 and FIPS 180-4 examples.
TEST(CryptoBackend, ComputesMd5) {
  EXPECT_EQ(hex(md5({})), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex(md5(as_bytes("abc"))), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(CryptoBackend, ComputesSha256) {
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(CryptoBackend, ComputesSha384AndSha512) {
  EXPECT_EQ(
      hex(Sha384{}.finish()),
      "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b");
  EXPECT_EQ(
      hex(Sha384{}.update(as_bytes("abc")).finish()),
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(hex(Sha512{}.finish()),
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
  EXPECT_EQ(hex(Sha512{}.update(as_bytes("abc")).finish()),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(CryptoBackend, CopiesGoOnIndependently) {
  Sha256 first;
  first.update(as_bytes("a"));
  Sha256 second{first};
  first.update(as_bytes("bc"));
  second.update(as_bytes("x"));
  EXPECT_EQ(hex(first.finish()), hex(sha256(as_bytes("abc"))));
  EXPECT_EQ(hex(second.finish()), hex(sha256(as_bytes("ax"))));
  first.start();
  EXPECT_EQ(hex(first.update(as_bytes("abc")).finish()), hex(sha256(as_bytes("abc"))));
}

// PBKDF2-HMAC-SHA256 with `password` and `salt`, 2 and 4096 rounds: the vectors of RFC 6070, for SHA-256.
TEST(CryptoBackend, CarriesPbkdf2) {
  const auto derived = [](std::uint32_t rounds) {
    Pbkdf2Sha256 derivation{as_bytes("password"), as_bytes("salt"), rounds};
    derivation.step(rounds);
    return hex(derivation.key());
  };
  EXPECT_EQ(derived(2), "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43");
  EXPECT_EQ(derived(4096), "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a");
}

TEST(CryptoBackend, ComparesWholeRanges) {
  EXPECT_TRUE(backend::equal_constant_time(as_bytes("secret"), as_bytes("secret")));
  EXPECT_FALSE(backend::equal_constant_time(as_bytes("secret"), as_bytes("secreT")));
  EXPECT_FALSE(backend::equal_constant_time(as_bytes("secret"), as_bytes("Secret")));
  EXPECT_FALSE(backend::equal_constant_time(as_bytes("secret"), as_bytes("secret1")));
  EXPECT_TRUE(backend::equal_constant_time({}, {}));
}

}  // namespace
}  // namespace airlift::crypto
