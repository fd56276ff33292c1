#include "airlift/image/key_ring.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/openssl_program.hpp"

namespace airlift::image {
namespace {

TEST(KeyRing, HoldsEightKeysOnceEach) {
  const testing::OpensslProgram openssl;
  std::vector<crypto::PublicKey> keys;
  for (int i = 0; i < 9; ++i) {
    openssl.make_key("k", "-algorithm ED25519");
    keys.push_back(openssl.key("k"));
  }
  KeyRing ring;
  EXPECT_TRUE(ring.empty());
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(ring.find(keys[i].id()), nullptr);
    EXPECT_TRUE(ring.add(keys[i]));
    EXPECT_TRUE(ring.add(keys[i])) << "again";
    ASSERT_NE(ring.find(keys[i].id()), nullptr);
    EXPECT_EQ(as_text(ring.find(keys[i].id())->der()), as_text(keys[i].der()));
    EXPECT_EQ(ring.keys().size(), i + 1);
  }
  EXPECT_FALSE(ring.add(keys[8]));
  EXPECT_TRUE(ring.add(keys[0])) << "it is there";
  EXPECT_EQ(ring.keys().size(), 8U);
  ring.clear();
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.find(keys[0].id()), nullptr);
}

TEST(KeyRing, KeepsTheBytesOfItsKeysAlsoAsACopy) {
  const testing::OpensslProgram openssl;
  openssl.make_key("k", "-algorithm ED25519");
  auto original = std::make_unique<KeyRing>();
  const crypto::PublicKey key = openssl.key("k");
  {
    const crypto::PublicKey lent = key;
    ASSERT_TRUE(original->add(lent));
  }
  const KeyRing copied{*original};
  KeyRing assigned;
  assigned = *original;
  original.reset();
  for (const KeyRing* ring : {&copied, &std::as_const(assigned)}) {
    ASSERT_EQ(ring->keys().size(), 1U);
    EXPECT_EQ(as_text(ring->find(key.id())->der()), as_text(key.der()));
  }
}

TEST(KeyRing, OneForShortKeysTakesNoLongOnes) {
  const testing::OpensslProgram openssl;
  openssl.make_key("ed", "-algorithm ED25519");
  openssl.make_ec("ec", "P-256");
  KeyRingOf<2, crypto::ed25519_der_bytes> ring;
  EXPECT_FALSE(ring.add(openssl.key("ec")));
  EXPECT_TRUE(ring.empty());
  EXPECT_TRUE(ring.add(openssl.key("ed")));
}

}  // namespace
}  // namespace airlift::image
