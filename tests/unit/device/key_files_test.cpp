#include "key_files.hpp"

#include <gtest/gtest.h>

#include "support/fake_system.hpp"
#include "support/openssl_program.hpp"

namespace airlift::device {
namespace {

using testing::MemoryLog;
using testing::OpensslProgram;
using testing::TempDirectory;

class KeyFilesTest : public ::testing::Test {
 protected:
  OpensslProgram openssl;
  MemoryLog log;
  image::KeyRing ring;
  KeyFiles files{openssl.folder().path(), log};
};

TEST_F(KeyFilesTest, NamesAreRelativeToTheDirectoryOrAbsolute) {
  openssl.make_key("one", "-algorithm ED25519");
  openssl.make_ec("two", "P-256");
  const TempDirectory elsewhere;
  const std::string other = elsewhere.write("key", openssl.read("two.pub.pem"));
  EXPECT_TRUE(files.load("one.pub.pem", ring).ok());
  EXPECT_TRUE(files.load(other, ring).ok());
  ASSERT_EQ(ring.keys().size(), 2U);
  EXPECT_EQ(ring.keys()[0].id(), openssl.key("one").id());
  EXPECT_EQ(ring.keys()[1].id(), openssl.key("two").id());
  EXPECT_TRUE(log.lines.empty());
}

TEST_F(KeyFilesTest, WhatCannotBeReadIsNamedAndNotAdded) {
  openssl.make_key("one", "-algorithm ED25519");
  openssl.folder().write("text", "no key at all");
  for (const auto& [name, reason] :
       {std::pair{"nothing.pem", "No such file or directory"}, std::pair{"text", "no public key"},
        std::pair{"one.pem", "no public key"}, std::pair{".", "no public key"}}) {
    EXPECT_EQ(files.load(name, ring).error(), UpdateError::key_unreadable) << name;
    EXPECT_TRUE(log.contains(port::LogLevel::error, openssl.folder() / name + ": " + reason)) << name;
  }
  EXPECT_TRUE(ring.empty());
}

TEST_F(KeyFilesTest, OneKeyTooManyIsNamed) {
  for (std::size_t i = 0; i <= image::KeyRing::capacity; ++i) {
    openssl.make_key(std::to_string(i), "-algorithm ED25519");
    const bool fits = i < image::KeyRing::capacity;
    EXPECT_EQ(files.load(std::to_string(i) + ".pub.pem", ring).error(),
              fits ? UpdateError::none : UpdateError::no_space);
  }
  EXPECT_TRUE(log.contains("8.pub.pem: one key too many: there can be 8"));
}

}  // namespace
}  // namespace airlift::device
