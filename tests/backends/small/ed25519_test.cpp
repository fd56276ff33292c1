// Ed25519 in little code takes what OpenSSL has signed. What both must refuse: contract/ed25519_test.cpp.

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <memory>
#include <random>
#include <vector>

#include "airlift/codec/text.hpp"
#include "airlift/crypto/signature_backend.hpp"

namespace airlift::crypto::backend {
namespace {

using Buffer = std::vector<std::uint8_t>;

Bytes view(const Buffer& buffer) {
  return {buffer.data(), buffer.size()};
}

Buffer bytes_of(std::string_view hex) {
  Buffer bytes(hex.size() / 2);
  EXPECT_TRUE(codec::from_hex(hex, {bytes.data(), bytes.size()}));
  return bytes;
}

Buffer spki_of(const Buffer& raw) {
  Buffer spki = bytes_of("302a300506032b6570032100");  // RFC 8410 4
  spki.insert(spki.end(), raw.begin(), raw.end());
  return spki;
}

struct Signer {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
  explicit Signer(const Buffer& secret)
      : key{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()),
            EVP_PKEY_free} {}

  [[nodiscard]] Buffer spki() const {
    Buffer raw(32);
    std::size_t size = raw.size();
    EXPECT_EQ(EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size), 1);
    return spki_of(raw);
  }
  [[nodiscard]] Buffer sign(const Buffer& message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    Buffer signature(64);
    std::size_t size = signature.size();
    EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()), 1);
    EXPECT_EQ(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()), 1);
    return signature;
  }
};

TEST(SmallEd25519, TakesWhatOpenSslSignsAndNothingElse) {
  std::mt19937 random{1};
  const auto bytes = [&random](std::size_t count) {
    Buffer drawn(count);
    for (std::uint8_t& byte : drawn) byte = static_cast<std::uint8_t>(random());
    return drawn;
  };
  for (int round = 0; round < 40; ++round) {
    const Signer signer{bytes(32)};
    const Buffer message = bytes(random() % 300);
    const Buffer signature = signer.sign(message);
    ASSERT_TRUE(verify_ed25519(view(signer.spki()), view(message), view(signature))) << round;
    Buffer wrong = signature;
    wrong[random() % wrong.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
    ASSERT_FALSE(verify_ed25519(view(signer.spki()), view(message), view(wrong))) << round;
    ASSERT_FALSE(verify_ed25519(view(spki_of(bytes(32))), view(message), view(signature))) << round;
  }
}

}  // namespace
}  // namespace airlift::crypto::backend
