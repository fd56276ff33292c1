// Keys that are part of a program.

#include "airlift/arduino/built_in_keys.hpp"

#include <gtest/gtest.h>

#include <string>

namespace airlift::arduino {
namespace {

// RFC 8410 10.1, its example of an Ed25519 public key.
constexpr std::string_view pem{
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n"};
constexpr std::array<std::uint8_t, 32> raw{0x19, 0xBF, 0x44, 0x09, 0x69, 0x84, 0xCD, 0xFE, 0x85, 0x41, 0xBA,
                                           0xC1, 0x67, 0xDC, 0x3B, 0x96, 0xC8, 0x50, 0x86, 0xAA, 0x30, 0xB6,
                                           0xB6, 0xCB, 0x0C, 0x5C, 0x38, 0xAD, 0x70, 0x31, 0x66, 0xE1};

crypto::KeyId id_of(Bytes key) {
  BuiltInKeys keys;
  image::KeyRing ring;
  EXPECT_TRUE(keys.add(key).ok());
  EXPECT_TRUE(keys.load("0", ring).ok());
  EXPECT_EQ(ring.keys().size(), 1U);
  return ring.keys()[0].id();
}

TEST(BuiltInKeys, AreTheSameAsPemAsDerAndBare) {
  const crypto::KeyId id = id_of(raw);
  EXPECT_EQ(id_of(as_bytes(pem)), id);
  BuiltInKeys keys;
  image::KeyRing ring;
  ASSERT_TRUE(keys.add(raw).ok());
  ASSERT_TRUE(keys.load("0", ring).ok());
  const crypto::KeyView key = ring.keys()[0];
  EXPECT_EQ(id_of(key.der()), id);
}

TEST(BuiltInKeys, TakesWindowsLineEndsAndTextAround) {
  std::string text{"a key of ours\r\n"};
  for (const char c : pem) text += c == '\n' ? "\r\n" : std::string{c};
  EXPECT_EQ(id_of(as_bytes(text)), id_of(raw));
}

TEST(BuiltInKeys, RefusesWhatIsNoKey) {
  BuiltInKeys keys;
  EXPECT_EQ(keys.add(as_bytes("")).error(), UpdateError::key_unreadable);
  EXPECT_EQ(keys.add(as_bytes("-----BEGIN PUBLIC KEY-----")).error(), UpdateError::key_unreadable);
  EXPECT_EQ(keys.add(as_bytes("-----BEGIN PUBLIC KEY-----\nMCow*\n-----END PUBLIC KEY-----\n")).error(),
            UpdateError::key_unreadable);
  const std::string endless = "-----BEGIN PUBLIC KEY-----\n" + std::string(3000, 'A');
  EXPECT_EQ(keys.add(as_bytes(endless)).error(), UpdateError::key_unreadable);
  EXPECT_EQ(keys.count(), 0U);
}

TEST(BuiltInKeys, KnowsTheNamesItHasGiven) {
  BuiltInKeys keys;
  image::KeyRing ring;
  EXPECT_EQ(keys.load("0", ring).error(), UpdateError::key_unreadable);
  ASSERT_TRUE(keys.add(raw).ok());
  EXPECT_EQ(keys.load("1", ring).error(), UpdateError::key_unreadable);
  EXPECT_EQ(keys.load("main", ring).error(), UpdateError::key_unreadable);
  EXPECT_TRUE(ring.empty());
}

TEST(BuiltInKeys, HoldsAsManyAsARing) {
  BuiltInKeys keys;
  for (std::size_t i = 0; i < image::KeyRing::capacity; ++i) EXPECT_TRUE(keys.add(raw).ok());
  EXPECT_EQ(keys.add(raw).error(), UpdateError::no_space);
}

}  // namespace
}  // namespace airlift::arduino
