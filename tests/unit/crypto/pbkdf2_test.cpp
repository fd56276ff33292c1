#include "airlift/crypto/pbkdf2.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <random>
#include <string>

#include "airlift/codec/text.hpp"

namespace airlift::crypto {
namespace {

std::string hex(const Sha256Digest& bytes) {
  const auto text = codec::to_hex(bytes);
  return std::string{codec::view(text)};
}

struct HmacCase {
  std::string key;
  std::string data;
  std::string mac;
};

/// RFC 4231, test cases 1 to 4, 6 and 7 (5 is about a cut MAC, which we do not offer).
const HmacCase rfc_4231[]{
    {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {std::string(20, '\xaa'), std::string(50, '\xdd'),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
     std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {std::string(131, '\xaa'),
     "This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
     "be "
     "hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

TEST(HmacSha256, GivesTheMacsOfRfc4231) {
  for (const HmacCase& c : rfc_4231) {
    EXPECT_EQ(hex(HmacSha256{as_bytes(c.key)}.update(as_bytes(c.data)).finish()), c.mac) << c.data;
  }
}

TEST(HmacSha256, TakesItsDataInPieces) {
  for (const HmacCase& c : rfc_4231) {
    HmacSha256 mac{as_bytes(c.key)};
    for (std::size_t i = 0; i < c.data.size(); ++i) mac.update(as_bytes(c.data).subspan(i, 1));
    EXPECT_EQ(hex(mac.finish()), c.mac) << c.data;
  }
}

Sha256Digest derive(std::string_view password, std::string_view salt, std::uint32_t rounds,
                    std::uint32_t step) {
  Pbkdf2Sha256 derivation{as_bytes(password), as_bytes(salt), rounds};
  while (!derivation.done()) derivation.step(step);
  return derivation.key();
}

TEST(Pbkdf2Sha256, GivesTheKnownKeys) {
  // RFC 7914 section 11, the first 32 bytes of its first vector (64 bytes are two independent blocks).
  EXPECT_EQ(hex(derive("passwd", "salt", 1, 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
  // ... and of its second.
  EXPECT_EQ(hex(derive("Password", "NaCl", 80000, 1000)),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
}

TEST(Pbkdf2Sha256, AgreesWithOpensslForAnyInputAndStep) {
  std::mt19937 random{5};
  const auto random_text = [&random](std::size_t most) {
    std::string text(random() % (most + 1), '\0');
    for (char& c : text) c = static_cast<char>(random());
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    // Passwords around and above the block size of 64 bytes: those above are hashed first.
    const std::string password = random_text(130);
    const std::string salt = random_text(200);
    const auto rounds = static_cast<std::uint32_t>(random() % 50 + 1);
    Sha256Digest expected{};
    ASSERT_EQ(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                                reinterpret_cast<const unsigned char*>(salt.data()),
                                static_cast<int>(salt.size()), static_cast<int>(rounds), EVP_sha256(),
                                static_cast<int>(expected.size()), expected.data()),
              1);
    for (const std::uint32_t step : {1U, 2U, 7U, 49U, 1000U, 0xFFFFFFFFU}) {
      EXPECT_EQ(derive(password, salt, rounds, step), expected) << rounds << " rounds in steps of " << step;
    }
  }
}

TEST(Pbkdf2Sha256, AStepDoesNoMoreThanAsked) {
  Pbkdf2Sha256 derivation{as_bytes("password"), as_bytes("salt"), 10};
  derivation.step(0);
  EXPECT_FALSE(derivation.done());
  derivation.step(8);  // the constructor has done the first round
  EXPECT_FALSE(derivation.done());
  derivation.step(1);
  EXPECT_TRUE(derivation.done());
}

TEST(Pbkdf2Sha256, NeedsNeitherPasswordNorSaltAfterTheStart) {
  std::string password{"password"};
  std::string salt{"salt"};
  Pbkdf2Sha256 derivation{as_bytes(password), as_bytes(salt), 10};
  password.assign(8, 'x');
  salt.assign(4, 'x');
  derivation.step(10);
  EXPECT_EQ(derivation.key(), derive("password", "salt", 10, 10));
}

}  // namespace
}  // namespace airlift::crypto
