// What must not be taken although it means the same: a key's id and a signature's uniqueness rest on it.

#include <gtest/gtest.h>

#include <string>

#include "spki/spki.hpp"

namespace airlift::crypto::backend {
namespace {

bool is_one(DerTag tag, const std::string& bytes, std::size_t contents) {
  DerReader der{as_bytes(bytes)};
  return der.take(tag).size() == contents && der.is_at_end();
}

bool is_positive(const std::string& contents) {
  const std::string bytes = '\x02' + std::string(1, static_cast<char>(contents.size())) + contents;
  DerReader der{as_bytes(bytes)};
  return !der.take_positive().empty() && der.is_at_end();
}

using namespace std::string_literals;

TEST(DerReader, TakesTheShortestLengthOnly) {
  EXPECT_TRUE(is_one(DerTag::sequence, "\x30\x00"s, 0));
  EXPECT_TRUE(is_one(DerTag::sequence, "\x30\x7f"s + std::string(127, 'x'), 127));
  EXPECT_TRUE(is_one(DerTag::sequence, "\x30\x81\x80"s + std::string(128, 'x'), 128));
  EXPECT_TRUE(is_one(DerTag::sequence, "\x30\x82\x01\x00"s + std::string(256, 'x'), 256));
  EXPECT_FALSE(is_one(DerTag::sequence, "\x30\x81\x7f"s + std::string(127, 'x'), 127));
  EXPECT_FALSE(is_one(DerTag::sequence, "\x30\x82\x00\x80"s + std::string(128, 'x'), 128));
  EXPECT_FALSE(is_one(DerTag::sequence, "\x30\x83\x00\x01\x00"s + std::string(256, 'x'), 256));
  EXPECT_FALSE(is_one(DerTag::sequence, "\x30\x80"s, 0)) << "BER's indefinite length";
}

TEST(DerReader, TakesNothingThatIsCutOrOfAnotherTag) {
  const std::string whole = "\x30\x82\x01\x00"s + std::string(256, 'x');
  for (std::size_t size = 0; size < whole.size(); ++size) {
    DerReader der{as_bytes(std::string_view{whole}.substr(0, size))};
    EXPECT_TRUE(der.take(DerTag::sequence).empty()) << size;
    EXPECT_FALSE(der.is_at_end()) << size;
  }
  EXPECT_FALSE(is_one(DerTag::bit_string, whole, 256));
  EXPECT_FALSE(is_one(DerTag::sequence, whole + 'x', 256));
}

TEST(DerReader, StaysWrongOnceItIs) {
  DerReader der{as_bytes("\x30\x01x\x02\x01x")};
  EXPECT_TRUE(der.take(DerTag::integer).empty());
  EXPECT_TRUE(der.take(DerTag::sequence).empty());
  EXPECT_FALSE(der.is_at_end());
}

TEST(DerReader, TakesPositiveNumbersInTheirOneFormOnly) {
  EXPECT_TRUE(is_positive("\x01"s));
  EXPECT_TRUE(is_positive("\x7f\x00"s));
  EXPECT_TRUE(is_positive("\x00\x80"s));
  EXPECT_FALSE(is_positive(""s));
  EXPECT_FALSE(is_positive("\x00"s));
  EXPECT_FALSE(is_positive("\x80"s));
  EXPECT_FALSE(is_positive("\x00\x7f"s));
  EXPECT_FALSE(is_positive("\x00\x00\x80"s));
}

}  // namespace
}  // namespace airlift::crypto::backend
