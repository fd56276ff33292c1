#include "push_failure.hpp"

#include <gtest/gtest.h>

namespace airlift::testing {
namespace {

TEST(PushFailure, NumbersThatMeanTheSameEverywhereAreExplained) {
  const auto advice = [](int number, std::string_view words) {
    return cli::rejection("devding", words, number).advice;
  };
  EXPECT_EQ(advice(7, "MD5 Failed"), describe(UpdateError::digest_mismatch).advice);
  EXPECT_EQ(advice(84, "signed with an unknown key"), describe(UpdateError::key_unknown).advice);
  EXPECT_EQ(advice(12, "Signature verification failed"), describe(UpdateError::signature_wrong).advice);
  EXPECT_EQ(advice(14, "Signature Verification Failed"), describe(UpdateError::signature_wrong).advice);
  const std::string_view own_words = describe(UpdateError::rejected).advice;
  EXPECT_EQ(advice(12, "Aborted"), own_words);
  EXPECT_EQ(advice(9, "Could Not Activate The Firmware"), own_words);
  EXPECT_EQ(advice(0, "no number"), own_words);
  EXPECT_EQ(advice(48, "a number nobody has"), own_words);
  EXPECT_EQ(advice(84 + 256, "a number nobody has"), own_words);
}

}  // namespace
}  // namespace airlift::testing
