#include "airlift/wire/session_key.hpp"

#include <gtest/gtest.h>

#include "unit/wire/extension_vectors.hpp"

namespace airlift::wire {
namespace {

using vectors::hex;

Key derived(std::string_view password, const Salt& salt) {
  PasswordKey key{password, salt};
  key.step(pbkdf2_rounds);
  return key.key();
}

TEST(PasswordKey, IsTheKnownOne) {
  EXPECT_EQ(hex(derived("test123", vectors::salt)), vectors::password_key);
}

TEST(PasswordKey, WithoutPasswordIsTheOneOfTheEmptyPassword) {
  // hashlib.pbkdf2_hmac("sha256", b"", b"airlift 1" + bytes(range(16)), 10000, 32).hex()
  EXPECT_EQ(hex(derived({}, vectors::salt)),
            "0e2c986b2cff7e06c672ff24d055f5890b899bb23cb8e711666fd8cce9d7c813");
}

TEST(PasswordKey, StepsOfAnySizeGiveTheSameOne) {
  for (const std::uint32_t rounds : {1U, 999U, 9999U}) {
    PasswordKey key{"test123", vectors::salt};
    EXPECT_FALSE(key.done());
    while (!key.done()) key.step(rounds);
    EXPECT_EQ(hex(key.key()), vectors::password_key) << rounds;
  }
}

TEST(PasswordKey, DependsOnEachByteOfTheSalt) {
  for (std::size_t i = 0; i < vectors::salt.size(); i += 5) {
    Salt other = vectors::salt;
    other[i] ^= 1;
    EXPECT_NE(hex(derived("test123", other)), vectors::password_key) << i;
  }
}

TEST(TlsKey, IsTheKnownOne) {
  EXPECT_EQ(hex(tls_key(vectors::key_of(vectors::password_key))), vectors::tls_key);
}

TEST(SessionKey, IsTheKnownOne) {
  const Key key =
      session_key(vectors::key_of(vectors::password_key), crypto::sha256(as_bytes(vectors::request)),
                  crypto::sha256(as_bytes(vectors::answer)));
  EXPECT_EQ(hex(key), vectors::session_key);
}

TEST(SessionKey, BindsEachByteOfBothDatagrams) {
  const Key password_key = vectors::key_of(vectors::password_key);
  const auto key_of = [&](const std::string& request, const std::string& answer) {
    return hex(
        session_key(password_key, crypto::sha256(as_bytes(request)), crypto::sha256(as_bytes(answer))));
  };
  for (std::size_t i = 0; i < vectors::request.size(); ++i) {
    std::string other = vectors::request;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_NE(key_of(other, vectors::answer), vectors::session_key) << i;
  }
  for (std::size_t i = 0; i < vectors::answer.size(); ++i) {
    std::string other = vectors::answer;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_NE(key_of(vectors::request, other), vectors::session_key) << i;
  }
}

}  // namespace
}  // namespace airlift::wire
