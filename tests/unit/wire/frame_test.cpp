#include "airlift/wire/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "unit/wire/extension_vectors.hpp"

namespace airlift::wire {
namespace {

using Text = std::vector<std::uint8_t>;

const Key session{vectors::key_of(vectors::session_key)};
// hashlib.sha256(b"file").hexdigest()
const std::string file_digest{"3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80"};
const std::string nonce_hex{vectors::hex(vectors::nonce)};

const std::vector<FrameType> with_mac{FrameType::offer, FrameType::query, FrameType::answer,
                                      FrameType::result, FrameType::status};

Text from_hex(const std::string& text) {
  Text bytes(text.size() / 2);
  EXPECT_TRUE(codec::from_hex(text, {bytes.data(), bytes.size()}));
  return bytes;
}

Bytes view(const Text& bytes) {
  return {bytes.data(), bytes.size()};
}

/// The frame that `encode_into` writes.
template <typename Encode>
Text frame_of(Encode encode_into) {
  FrameBytes frame{};
  const std::size_t size = encode_into(frame);
  return {frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size)};
}

template <typename Message>
Text encoded(const Message& message) {
  return frame_of([&](FrameBytes& into) { return encode(message, session, into); });
}
Text encoded(const Secure& message) {
  return frame_of([&](FrameBytes& into) { return encode(message, into); });
}
Text encoded(const Progress& message) {
  return frame_of([&](FrameBytes& into) { return encode(message, into); });
}
Text encoded_status(std::string_view text) {
  return frame_of([&](FrameBytes& into) { return encode_status(text, session, into); });
}

Bytes payload_of(const Text& frame) {
  return view(frame).subspan(frame_header_bytes);
}

Offer known_offer() {
  return {vectors::nonce,     Command::firmware, true, false, 290000, vectors::key_of(file_digest),
          as_bytes("trailer")};
}

Answer known_answer() {
  return {UpdateError::none, 4096, vectors::key_of(file_digest), DetailText{"resumed"}};
}

UploadResult known_result() {
  return {UpdateError::none, true, vectors::key_of(file_digest), {}};
}

/// A frame of each type that has a MAC, as the page's test vectors give it.
Text known_frame(FrameType type) {
  if (type == FrameType::offer) return encoded(known_offer());
  if (type == FrameType::query) return encoded(Query{vectors::nonce});
  if (type == FrameType::answer) return encoded(known_answer());
  if (type == FrameType::result) return encoded(known_result());
  return encoded_status("name=lamp\n");
}

TEST(Frame, IsWrittenAsTheByteTableSays) {
  EXPECT_EQ(encoded(Secure{vectors::nonce}), from_hex("01200000" + nonce_hex));
  EXPECT_EQ(encoded(known_offer()), from_hex("026f0000" + nonce_hex + "0001" + "d06c0400" + file_digest +
                                             "0700" + "747261696c6572" + vectors::offer_mac));
  EXPECT_EQ(encoded(Query{vectors::nonce}), from_hex("03400000" + nonce_hex + vectors::query_mac));
  EXPECT_EQ(encoded(known_answer()), from_hex("104c0000"
                                              "00"
                                              "00100000" +
                                              file_digest + "726573756d6564" + vectors::answer_mac));
  EXPECT_EQ(encoded(Progress{0x01020304}), from_hex("11040000"
                                                    "04030201"));
  EXPECT_EQ(encoded(known_result()), from_hex("12420000"
                                              "00"
                                              "01" +
                                              file_digest + vectors::result_mac));
  EXPECT_EQ(encoded_status("name=lamp\n"), from_hex("132a0000"
                                                    "6e616d653d6c616d700a" +
                                                    vectors::status_mac));
}

TEST(Frame, TheHeaderHoldsTypeAndLength) {
  using Header = std::array<std::uint8_t, frame_header_bytes>;
  EXPECT_EQ(encode_frame_header(FrameType::data, 1), (Header{4, 1, 0, 0}));
  EXPECT_EQ(encode_frame_header(FrameType::data, longest_data_bytes), (Header{4, 0xff, 0xff, 0}));
  EXPECT_EQ(encode_frame_header(FrameType::status, 0xABCDEF), (Header{19, 0xef, 0xcd, 0xab}));
}

TEST(Frame, FlagsAndCommandHaveTheirPlaces) {
  for (int set = 0; set < 4; ++set) {
    Offer offer = known_offer();
    offer.command = Command::filesystem;
    offer.compressed = (set & 1) != 0;
    offer.from_the_start = (set & 2) != 0;
    const Text frame = encoded(offer);
    EXPECT_EQ(frame[4 + 32], 100);
    EXPECT_EQ(frame[4 + 33], set);
    const auto back = decode_offer(payload_of(frame));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value().command, Command::filesystem);
    EXPECT_EQ(back.value().compressed, offer.compressed);
    EXPECT_EQ(back.value().from_the_start, offer.from_the_start);
  }
}

TEST(Frame, TheLongestOnesFit) {
  const std::string detail(longest_detail_bytes, 'x');
  const Text trailer(longest_frame_trailer_bytes, 0xff);
  Offer offer = known_offer();
  offer.trailer = view(trailer);
  EXPECT_EQ(payload_of(encoded(offer)).size(), 872U);
  EXPECT_EQ(payload_of(encoded(Answer{UpdateError::no_space, 0, {}, DetailText{detail}})).size(), 165U);
  EXPECT_EQ(payload_of(encoded(UploadResult{UpdateError::no_space, false, {}, DetailText{detail}})).size(),
            162U);
  const Text status = encoded_status(std::string(longest_status_bytes, 'x'));
  EXPECT_EQ(status.size(), std::tuple_size_v<FrameBytes>);
  EXPECT_EQ(payload_of(status).size(), 1432U);
}

class RandomMessages : public testing::Test {
 protected:
  std::uint32_t number() { return static_cast<std::uint32_t>(random_()); }
  Key array() {
    Key result{};
    for (std::uint8_t& byte : result) byte = static_cast<std::uint8_t>(random_());
    return result;
  }
  std::string printable(std::size_t most) {
    std::string text(random_() % (most + 1), ' ');
    for (char& c : text) c = static_cast<char>(' ' + random_() % 95);
    return text;
  }
  UpdateError error() { return static_cast<UpdateError>(random_() % 256); }

  static constexpr int rounds{300};
  std::mt19937 random_{5};
};

TEST_F(RandomMessages, OffersComeBack) {
  for (int round = 0; round < rounds; ++round) {
    Text trailer(number() % (longest_frame_trailer_bytes + 1));
    for (std::uint8_t& byte : trailer) byte = static_cast<std::uint8_t>(number());
    const Offer offer{array(),           number() % 2 == 0 ? Command::firmware : Command::filesystem,
                      number() % 2 == 0, number() % 2 == 0,
                      number() | 1,      array(),
                      view(trailer)};
    const Text frame = encoded(offer);
    const auto back = decode_offer(payload_of(frame));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value().nonce, offer.nonce);
    EXPECT_EQ(back.value().size_bytes, offer.size_bytes);
    EXPECT_EQ(back.value().sha256, offer.sha256);
    EXPECT_EQ(as_text(back.value().trailer), as_text(offer.trailer));
    EXPECT_EQ(encoded(back.value()), frame);
    EXPECT_TRUE(mac_is_right(session, FrameType::offer, payload_of(frame)));
  }
}

TEST_F(RandomMessages, AnswersComeBack) {
  for (int round = 0; round < rounds; ++round) {
    const Answer answer{error(), number(), array(), DetailText{printable(longest_detail_bytes)}};
    const Text frame = encoded(answer);
    const auto back = decode_answer(payload_of(frame));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value().error, answer.error);
    EXPECT_EQ(back.value().offset, answer.offset);
    EXPECT_EQ(back.value().prefix_sha256, answer.prefix_sha256);
    EXPECT_EQ(back.value().detail.view(), answer.detail.view());
    EXPECT_TRUE(mac_is_right(session, FrameType::answer, payload_of(frame)));
  }
}

TEST_F(RandomMessages, ResultsComeBack) {
  for (int round = 0; round < rounds; ++round) {
    const UploadResult result{error(), number() % 2 == 0, array(),
                              DetailText{printable(longest_detail_bytes)}};
    const Text frame = encoded(result);
    const auto back = decode_result(payload_of(frame));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value().error, result.error);
    EXPECT_EQ(back.value().starts_next, result.starts_next);
    EXPECT_EQ(back.value().image_sha256, result.image_sha256);
    EXPECT_EQ(back.value().detail.view(), result.detail.view());
    EXPECT_TRUE(mac_is_right(session, FrameType::result, payload_of(frame)));
  }
}

TEST_F(RandomMessages, SmallOnesComeBack) {
  for (int round = 0; round < rounds; ++round) {
    const Key nonce = array();
    EXPECT_EQ(decode_secure(payload_of(encoded(Secure{nonce}))).value().nonce, nonce);
    EXPECT_EQ(decode_query(payload_of(encoded(Query{nonce}))).value().nonce, nonce);
    const std::uint32_t offset = number();
    EXPECT_EQ(decode_progress(payload_of(encoded(Progress{offset}))).value().offset, offset);
    const std::string text = printable(longest_status_bytes);
    EXPECT_EQ(decode_status(payload_of(encoded_status(text))).value(), text);
  }
}

// What decodes, and what does not.

TEST(FrameDecoding, RefusesEveryOtherLength) {
  const Text zeros(2000);
  for (std::size_t size = 0; size <= zeros.size(); ++size) {
    const Bytes payload = view(zeros).first(size);
    EXPECT_EQ(decode_secure(payload).ok(), size == 32) << size;
    EXPECT_EQ(decode_query(payload).ok(), size == 64) << size;
    EXPECT_EQ(decode_answer(payload).ok(), size == 69) << size;  // a zero is no text
    EXPECT_EQ(decode_progress(payload).ok(), size == 4) << size;
    EXPECT_EQ(decode_result(payload).ok(), size == 66) << size;
    EXPECT_EQ(decode_status(payload).ok(), size >= 32 && size <= 1432) << size;
  }
  const Text blanks(2000, ' ');
  Text answer = blanks;
  answer[0] = 1;
  Text result = blanks;
  result[0] = result[1] = 0;
  for (std::size_t size = 0; size <= blanks.size(); ++size) {
    EXPECT_EQ(decode_answer(view(answer).first(size)).ok(), size >= 69 && size <= 165) << size;
    EXPECT_EQ(decode_result(view(result).first(size)).ok(), size >= 66 && size <= 162) << size;
  }
}

TEST(FrameDecoding, RefusesAnOfferWhoseTrailerHasAnotherSize) {
  const Text frame = encoded(known_offer());
  Text payload(frame.begin() + frame_header_bytes, frame.end());
  for (std::size_t size = 0; size <= 0xFFFF; ++size) {
    payload[70] = static_cast<std::uint8_t>(size);
    payload[71] = static_cast<std::uint8_t>(size >> 8);
    EXPECT_EQ(decode_offer(view(payload)).ok(), size == 7) << size;
  }
  // The size that belongs to each length, up to the first too long one.
  for (std::size_t size = 0; size <= longest_frame_trailer_bytes + 1; ++size) {
    Text other(104 + size, 1);
    other[32] = 0;
    other[70] = static_cast<std::uint8_t>(size);
    other[71] = static_cast<std::uint8_t>(size >> 8);
    EXPECT_EQ(decode_offer(view(other)).ok(), size <= longest_frame_trailer_bytes) << size;
    other.pop_back();
    EXPECT_FALSE(decode_offer(view(other)).ok()) << size;
  }
}

TEST(FrameDecoding, RefusesAnOfferThatIsNone) {
  const Text frame = encoded(known_offer());
  const Text good(frame.begin() + frame_header_bytes, frame.end());
  for (int value = 0; value < 256; ++value) {
    Text command = good;
    command[32] = static_cast<std::uint8_t>(value);
    EXPECT_EQ(decode_offer(view(command)).ok(), value == 0 || value == 100) << value;
    Text flags = good;
    flags[33] = static_cast<std::uint8_t>(value);
    EXPECT_EQ(decode_offer(view(flags)).ok(), value < 4) << value;
  }
  Text size = good;
  std::fill_n(size.begin() + 34, 4, std::uint8_t{0});
  EXPECT_EQ(decode_offer(view(size)).error(), UpdateError::bad_message);
}

TEST(FrameDecoding, RefusesUnknownFlagsOfAResult) {
  const Text frame = encoded(known_result());
  Text payload(frame.begin() + frame_header_bytes, frame.end());
  for (int value = 0; value < 256; ++value) {
    payload[1] = static_cast<std::uint8_t>(value);
    const auto result = decode_result(view(payload));
    EXPECT_EQ(result.ok(), value < 2) << value;
    if (!result.ok()) continue;
    EXPECT_EQ(result.value().starts_next, value == 1);
  }
}

TEST(FrameDecoding, RefusesDetailsThatATerminalWouldObey) {
  Text answer(69 + 3, 'x');
  Text result(66 + 3, 'x');
  result[1] = 0;
  for (int value = 0; value < 256; ++value) {
    answer[37 + 1] = result[34 + 1] = static_cast<std::uint8_t>(value);
    const bool harmless = value >= ' ' && value <= '~';
    EXPECT_EQ(decode_answer(view(answer)).ok(), harmless) << value;
    EXPECT_EQ(decode_result(view(result)).ok(), harmless) << value;
  }
}

TEST(FrameDecoding, ReadsWhatIsWrittenOfAnyDetail) {
  const DetailText detail{"\x1b[31m\xc3\xa4\n"};
  const Text answer = encoded(Answer{UpdateError::busy, 0, {}, detail});
  EXPECT_EQ(decode_answer(payload_of(answer)).value().detail.view(), "?[31m???");
  const Text result = encoded(UploadResult{UpdateError::busy, false, {}, detail});
  EXPECT_EQ(decode_result(payload_of(result)).value().detail.view(), "?[31m???");
}

TEST(FrameMac, IsWrongWithAnyOtherBit) {
  for (const FrameType type : with_mac) {
    const Text frame = known_frame(type);
    Text payload(frame.begin() + frame_header_bytes, frame.end());
    EXPECT_TRUE(mac_is_right(session, type, view(payload)));
    for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
      payload[bit / 8] = static_cast<std::uint8_t>(payload[bit / 8] ^ 1 << bit % 8);
      EXPECT_FALSE(mac_is_right(session, type, view(payload))) << static_cast<int>(type) << " bit " << bit;
      payload[bit / 8] = static_cast<std::uint8_t>(payload[bit / 8] ^ 1 << bit % 8);
    }
  }
}

TEST(FrameMac, IsWrongForAnotherTypeOrKey) {
  Key other = session;
  other[31] ^= 1;
  for (const FrameType type : with_mac) {
    const Text frame = known_frame(type);
    EXPECT_FALSE(mac_is_right(other, type, payload_of(frame)));
    for (const FrameType wrong : with_mac) {
      EXPECT_EQ(mac_is_right(session, wrong, payload_of(frame)), wrong == type);
    }
  }
}

TEST(FrameMac, OfATruncatedPayloadIsWrong) {
  const Text frame = known_frame(FrameType::status);
  const Bytes payload = payload_of(frame);
  for (std::size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(mac_is_right(session, FrameType::status, payload.first(size))) << size;
  }
}

}  // namespace
}  // namespace airlift::wire
