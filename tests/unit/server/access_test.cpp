#include "airlift_server/access.hpp"

#include <gtest/gtest.h>

#include <string>

#include "offers.hpp"

namespace airlift::server {
namespace {

using testing::sha256_of;
using Verdict = Access::Verdict;

TEST(Access, EverybodyMayWhereNothingIsGiven) {
  EXPECT_EQ(Access{}.judge("").verdict, Verdict::granted);
  EXPECT_EQ(Access(std::nullopt, std::nullopt).judge("Bearer x").verdict, Verdict::granted);
}

TEST(Access, TakesTokensAndThePassword) {
  const std::vector<Token> tokens{{"lamp", sha256_of("secret")}, {"door", sha256_of("other")}};
  const Access access{tokens, "user:pass:word"};
  struct Row {
    const char* authorization;
    Verdict verdict;
    const char* token;
  };
  const Row table[]{
      {"", Verdict::missing, ""},
      {"Bearer secret", Verdict::granted, "lamp"},
      {"bearer  other ", Verdict::granted, "door"},
      {"Basic YW55Ym9keTpzZWNyZXQ=", Verdict::granted, "lamp"},  // anybody:secret
      {"Basic dXNlcjpwYXNzOndvcmQ=", Verdict::granted, ""},      // user:pass:word
      {"Basic b3RoZXI6cGFzczp3b3Jk", Verdict::wrong, ""},        // other:pass:word
      {"Basic dXNlcjpwYXNz", Verdict::wrong, ""},                // user:pass
      {"Bearer user:pass:word", Verdict::wrong, ""},
      {"Bearer secre", Verdict::wrong, ""},
      {"Bearer", Verdict::wrong, ""},
      {"Basic ????", Verdict::wrong, ""},
      {"secret", Verdict::wrong, ""},
  };
  for (const Row& row : table) {
    const Access::Decision decision = access.judge(row.authorization);
    EXPECT_EQ(decision.verdict, row.verdict) << row.authorization;
    EXPECT_EQ(decision.token, row.token) << row.authorization;
  }
}

TEST(Access, AnEmptyListOfTokensLetsNobodyIn) {
  const Access access{std::vector<Token>{}, std::nullopt};
  EXPECT_EQ(access.judge("").verdict, Verdict::missing);
  EXPECT_EQ(access.judge("Bearer x").verdict, Verdict::wrong);
}

port::IpAddress address_of(unsigned number) {
  port::IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return address;
}

TEST(GuessBrake, EachWrongOneBeyondTheFifthWaitsLonger) {
  GuessBrake brake;
  Instant now{seconds{1000}};
  for (int i = 0; i < GuessBrake::free_guesses; ++i)
    EXPECT_EQ(brake.wrong(address_of(1), now), milliseconds{0});
  for (const int wait : {500, 1000, 2000, 4000, 8000, 10000, 10000}) {
    EXPECT_EQ(brake.wrong(address_of(1), now), milliseconds{wait});
  }
  EXPECT_EQ(brake.wrong(address_of(2), now), milliseconds{0});
  now += GuessBrake::forget_after;
  EXPECT_EQ(brake.wrong(address_of(1), now), milliseconds{0});
}

TEST(GuessBrake, RemembersABoundedNumberOfAddresses) {
  GuessBrake brake;
  const Instant now{seconds{1000}};
  for (int i = 0; i < 6; ++i) (void)brake.wrong(address_of(0), now);
  for (unsigned i = 1; i < GuessBrake::most_addresses; ++i) (void)brake.wrong(address_of(i), now);
  EXPECT_EQ(brake.wrong(address_of(GuessBrake::most_addresses), now), milliseconds{0});
  EXPECT_EQ(brake.wrong(address_of(0), now), milliseconds{0});  // forgotten with all others
}

}  // namespace
}  // namespace airlift::server
