#include "airlift/wire/password.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace airlift::wire {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

const std::string nonce_piece{"0123456789abcdef"};
const std::string cnonce_piece{"fedcba9876543210"};
// protocol.md 8, also in docs/design/upload-protocol.md
const std::string md5_response{"444d4d0b402ccdb891ec90cb3d0287f7"};
const std::string sha256_response{"f944d1be180a4bf73c7d79efef373e0c6cf8bb9a3f46acc32a14dd6835b648a5"};

const std::string hex32 = repeated("0123456789abcdef", 2);
const std::string hex64 = repeated("0123456789abcdef", 4);

Result<AuthAnswer> parse(std::string_view text) {
  return parse_auth_answer(as_bytes(text));
}

PasswordProof sha256_proof(std::string_view password, StoredHash stored = StoredHash::sha256) {
  return {password, stored, repeated(nonce_piece, 4), repeated(cnonce_piece, 4), PasswordScheme::sha256};
}

TEST(PasswordProof, Md5SchemeGivesTheKnownResponseAtOnce) {
  const PasswordProof proof{"test123", StoredHash::md5, repeated(nonce_piece, 2), repeated(cnonce_piece, 2),
                            PasswordScheme::md5};
  EXPECT_TRUE(proof.done());
  EXPECT_EQ(proof.response().view(), md5_response);
}

TEST(PasswordProof, Sha256SchemeGivesTheKnownResponse) {
  PasswordProof proof = sha256_proof("test123");
  EXPECT_FALSE(proof.done());
  proof.step(pbkdf2_rounds);
  EXPECT_TRUE(proof.done());
  EXPECT_EQ(proof.response().view(), sha256_response);
}

TEST(PasswordProof, StepsOfAnySizeGiveTheSameResponse) {
  for (const std::uint32_t rounds : {1U, 7U, 999U, 9999U, 10001U, 0xFFFFFFFFU}) {
    PasswordProof proof = sha256_proof("test123");
    std::uint32_t steps{0};
    for (; !proof.done(); ++steps) proof.step(rounds);
    EXPECT_EQ(proof.response().view(), sha256_response) << rounds;
    // The constructor does the first round.
    EXPECT_EQ(steps,
              (pbkdf2_rounds - 1 + std::min(rounds, pbkdf2_rounds) - 1) / std::min(rounds, pbkdf2_rounds));
  }
}

TEST(PasswordProof, AStepTooManyChangesNothing) {
  PasswordProof proof = sha256_proof("test123");
  proof.step(pbkdf2_rounds);
  proof.step(pbkdf2_rounds);
  proof.step(0);
  EXPECT_EQ(proof.response().view(), sha256_response);
}

TEST(PasswordProof, DependsOnPasswordAndStoredHash) {
  PasswordProof other_password = sha256_proof("test124");
  PasswordProof old_hash = sha256_proof("test123", StoredHash::md5);
  other_password.step(pbkdf2_rounds);
  old_hash.step(pbkdf2_rounds);
  EXPECT_NE(other_password.response().view(), sha256_response);
  // Computed with Python's hashlib from the formula in protocol.md 1.3, stored = md5hex(password).
  EXPECT_EQ(old_hash.response().view(), "8e8e46f082da4504d224fbf49185adf6178f3509af0e6ea67b92c389f0cfff75");
}

TEST(PasswordProof, TakesAnEmptyPasswordAndALongOne) {
  const PasswordProof empty{{}, StoredHash::md5, hex32, hex32, PasswordScheme::md5};
  // The same, from Python's hashlib.
  EXPECT_EQ(empty.response().view(), "f20ea16bc4ae9387e0abd15864be1878");
  const PasswordProof longer{std::string(longest_password_bytes, 'x'), StoredHash::md5, hex32, hex32,
                             PasswordScheme::md5};
  EXPECT_EQ(longer.response().view(), "b2e91bf089b3136c1310c9cffcd33e88");
}

TEST(AuthAnswer, ReadsBothSchemes) {
  const Result<AuthAnswer> old_one = parse("200 " + hex32 + " " + md5_response + "\n");
  ASSERT_TRUE(old_one.ok());
  EXPECT_EQ(old_one.value().scheme, PasswordScheme::md5);
  EXPECT_EQ(old_one.value().cnonce.view(), hex32);
  EXPECT_EQ(old_one.value().response.view(), md5_response);
  const Result<AuthAnswer> new_one = parse("200 " + hex64 + " " + sha256_response + "\r\n");
  ASSERT_TRUE(new_one.ok());
  EXPECT_EQ(new_one.value().scheme, PasswordScheme::sha256);
  EXPECT_EQ(new_one.value().cnonce.view(), hex64);
  EXPECT_EQ(new_one.value().response.view(), sha256_response);
}

TEST(AuthAnswer, ReadsTheFirstLineOnly) {
  EXPECT_TRUE(parse("200 " + hex32 + " " + md5_response).ok());
  EXPECT_TRUE(parse("200 " + hex32 + " " + md5_response + "\nsomething else").ok());
}

TEST(AuthAnswer, RefusesEveryTruncation) {
  const std::string whole = "200 " + hex64 + " " + sha256_response;
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse(whole.substr(0, size)).ok()) << size;
}

class MalformedAnswer : public testing::TestWithParam<std::string> {};

TEST_P(MalformedAnswer, IsRefused) {
  EXPECT_EQ(parse(GetParam()).error(), UpdateError::bad_invitation);
}

INSTANTIATE_TEST_SUITE_P(Lines, MalformedAnswer,
                         testing::Values("", "\n", "200", "200\n", "200 ", "200  ",                     //
                                         "0 " + hex32 + " " + hex32, "2000 " + hex32 + " " + hex32,     //
                                         "0200 " + hex32 + " " + hex32, " 200 " + hex32 + " " + hex32,  //
                                         "200 " + hex32 + " " + hex64, "200 " + hex64 + " " + hex32,    //
                                         "200 " + hex32 + "  " + hex32, "200 " + hex32 + hex32,         //
                                         "200 " + hex32 + " " + hex32 + " ",
                                         "200 " + hex32 + " " + hex32 + " x",
                                         "200 " + hex32 + " " + hex32.substr(1) + "g",      //
                                         "200 g" + hex32.substr(1) + " " + hex32,           //
                                         "200 " + hex32.substr(1) + " " + hex32.substr(1),  //
                                         "200 " + hex64 + "0 " + hex64 + "0",               //
                                         "200 " + hex64 + hex64 + " " + hex64 + hex64,      //
                                         "200\n" + hex32 + " " + hex32));

TEST(AuthAnswer, IsKnownByItsCommandHoweverMalformed) {
  for (const std::string_view text : {"200", "200 ", "200\n", "200\r\n", "200 x", "200 x\n0 1 2"}) {
    EXPECT_TRUE(is_auth_answer(as_bytes(text))) << text;
  }
  for (const std::string_view text : {"", "20", "2000", "0 200", " 200", "0200", "200x 1", "\n200 "}) {
    EXPECT_FALSE(is_auth_answer(as_bytes(text))) << text;
  }
}

TEST(AuthAnswer, IsWrittenAsEspotaWritesItAndComesBack) {
  const AuthAnswer answer{PasswordScheme::sha256, Nonce{hex64}, Response{sha256_response}};
  const AuthAnswerText text = format_auth_answer(answer);
  EXPECT_EQ(text.view(), "200 " + hex64 + " " + sha256_response + "\n");
  const Result<AuthAnswer> back = parse(text);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back.value().scheme, PasswordScheme::sha256);
  EXPECT_EQ(back.value().cnonce.view(), answer.cnonce.view());
  EXPECT_EQ(back.value().response.view(), answer.response.view());
}

}  // namespace
}  // namespace airlift::wire
