// mbedTLS takes more forms of one ECDSA signature than the one that DER allows; the backend does not.

#include <gtest/gtest.h>

#include <vector>

#include "airlift/codec/text.hpp"
#include "airlift/crypto/signature_backend.hpp"
#include "contract/signature_vectors.hpp"

namespace airlift::crypto::backend {
namespace {

using Buffer = std::vector<std::uint8_t>;

Buffer bytes_of(std::string_view hex) {
  Buffer bytes(hex.size() / 2);
  EXPECT_TRUE(codec::from_hex(hex, {bytes.data(), bytes.size()}));
  return bytes;
}

bool verifies(const Buffer& signature) {
  const Buffer key = bytes_of(vectors::p256_key);
  return verify_ecdsa({key.data(), key.size()}, crypto::sha256(as_bytes("what is signed")),
                      {signature.data(), signature.size()});
}

TEST(DerSignature, HasOneForm) {
  const Buffer signature = bytes_of(vectors::p256_sha256);
  ASSERT_TRUE(verifies(signature));
  ASSERT_EQ(signature[0], 0x30);
  ASSERT_LT(signature[1], 0x7F);

  Buffer long_length{signature};  // 0x81 before a length below 128
  long_length.insert(long_length.begin() + 1, 0x81);
  EXPECT_FALSE(verifies(long_length));

  Buffer zero_in_front{signature};  // r with a zero more than its sign needs
  ++zero_in_front[1];
  ++zero_in_front[3];
  zero_in_front.insert(zero_in_front.begin() + 4, 0);
  EXPECT_FALSE(verifies(zero_in_front));
}

}  // namespace
}  // namespace airlift::crypto::backend
