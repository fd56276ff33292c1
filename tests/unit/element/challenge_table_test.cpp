#include "airlift/element/challenge_table.hpp"

#include <gtest/gtest.h>

namespace airlift::element {
namespace {

Challenge from_host(std::uint8_t number, Instant issued_at) {
  Challenge challenge;
  challenge.uploader.address.bytes[15] = number;
  challenge.issued_at = issued_at;
  return challenge;
}

template <std::size_t Places>
void expect_room_for_as_many() {
  SCOPED_TRACE(Places);
  ChallengeTableOf<Places> table;
  constexpr Instant now{};
  for (std::uint8_t n = 0; n <= Places; ++n) table.open(from_host(n, now + milliseconds{n}));
  for (std::uint8_t n = 0; n <= Places; ++n) {
    const bool open = table.find(from_host(n, now).uploader, Challenge::Protocol::old, now) != nullptr;
    EXPECT_EQ(open, n > 0) << int{n} << ": the oldest makes room, and only that";
  }
}

TEST(ChallengeTable, HasThePlacesThatItsOwnerWants) {
  expect_room_for_as_many<1>();
  expect_room_for_as_many<2>();
  expect_room_for_as_many<4>();
}

}  // namespace
}  // namespace airlift::element
