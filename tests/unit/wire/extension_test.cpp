#include "airlift/wire/extension.hpp"

#include <gtest/gtest.h>

#include <random>

#include "unit/wire/extension_vectors.hpp"

namespace airlift::wire {
namespace {

using Purpose = ExtensionRequest::Purpose;

const std::string cnonce_text{"101112131415161718191a1b1c1d1e1f"};
const std::string salt_text{"000102030405060708090a0b0c0d0e0f"};
const std::string nonce_text{"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"};
const std::string status_line{"AIRLIFT 1 status 41234 " + cnonce_text + "\n"};

std::optional<ExtensionRequest> find(std::string_view datagram) {
  return find_extension_request(as_bytes(datagram));
}

std::optional<ExtensionAnswer> parse(std::string_view datagram) {
  return parse_extension_answer(as_bytes(datagram));
}

template <typename Array>
Array random_array(std::mt19937& random) {
  Array array{};
  for (std::uint8_t& byte : array) byte = static_cast<std::uint8_t>(random());
  return array;
}

TEST(ExtensionRequest, IsFoundBehindAnInvitation) {
  const auto request = find(vectors::request);
  ASSERT_TRUE(request);
  EXPECT_EQ(*request, (ExtensionRequest{Purpose::upload, 0, vectors::cnonce}));
}

TEST(ExtensionRequest, AsksForTheStatusAlone) {
  const auto request = find(status_line);
  ASSERT_TRUE(request);
  EXPECT_EQ(*request, (ExtensionRequest{Purpose::status, 41234, vectors::cnonce}));
}

TEST(ExtensionRequest, IsWrittenAsThePageSays) {
  EXPECT_EQ(format_extension_request({Purpose::upload, 0, vectors::cnonce}).view(), vectors::request_line);
  EXPECT_EQ(format_extension_request({Purpose::status, 41234, vectors::cnonce}).view(), status_line);
}

TEST(ExtensionRequest, TheLongestOneFits) {
  const ExtensionRequestText text = format_extension_request({Purpose::upload, 65535, vectors::cnonce});
  EXPECT_FALSE(text.truncated());
  EXPECT_EQ(text.view(), "AIRLIFT 1 upload 65535 " + cnonce_text + "\n");
}

TEST(ExtensionRequest, HasNoPlaceForTheOtherPurpose) {
  EXPECT_FALSE(find(vectors::request_line));
  EXPECT_FALSE(find(vectors::invitation + status_line));
}

TEST(ExtensionRequest, EndsWithItsOwnLine) {
  EXPECT_EQ(find(vectors::request + "AIRLIFT 2 upload"), find(vectors::request));
  EXPECT_EQ(find(status_line + "\n\xff"), find(status_line));
}

TEST(ExtensionRequest, ATruncatedOneIsNotThere) {
  for (const std::string& whole : {vectors::request, status_line}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(find(whole.substr(0, size))) << whole.substr(0, size);
    }
  }
}

TEST(ExtensionRequest, MustBeTheSecondLine) {
  EXPECT_FALSE(find(vectors::invitation + "\n" + vectors::request_line));
  EXPECT_FALSE(find(vectors::invitation + vectors::invitation + vectors::request_line));
  EXPECT_FALSE(find("\n" + status_line));
}

class DamagedRequest : public testing::TestWithParam<std::string> {};

TEST_P(DamagedRequest, IsNotThere) {
  EXPECT_FALSE(find(vectors::invitation + GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, DamagedRequest,
    testing::Values(
        "\n", " \n", "AIRLIFT\n", "AIRLIFT 1\n", "AIRLIFT 1 upload\n", "AIRLIFT 1 upload 0\n",  //
        "airlift 1 upload 0 " + cnonce_text + "\n", " " + vectors::request_line,                // name
        "AIRLIFT1 upload 0 " + cnonce_text + "\n", "AIRLIFT  1 upload 0 " + cnonce_text + "\n",
        "AIRLIFT 2 upload 0 " + cnonce_text + "\n", "AIRLIFT 01 upload 0 " + cnonce_text + "\n",
        "AIRLIFT 10 upload 0 " + cnonce_text + "\n",  // version
        "AIRLIFT 1 Upload 0 " + cnonce_text + "\n", "AIRLIFT 1 erase 0 " + cnonce_text + "\n",
        "AIRLIFT 1  0 " + cnonce_text + "\n",  // purpose
        "AIRLIFT 1 upload 65536 " + cnonce_text + "\n", "AIRLIFT 1 upload -1 " + cnonce_text + "\n",
        "AIRLIFT 1 upload +1 " + cnonce_text + "\n", "AIRLIFT 1 upload 0x1 " + cnonce_text + "\n",
        "AIRLIFT 1 upload  " + cnonce_text + "\n",  // port
        "AIRLIFT 1 upload 0 " + cnonce_text.substr(1) + "\n", "AIRLIFT 1 upload 0 " + cnonce_text + "0\n",
        "AIRLIFT 1 upload 0 " + cnonce_text + " \n", "AIRLIFT 1 upload 0 " + cnonce_text + "\r\n",
        "AIRLIFT 1 upload 0  " + cnonce_text.substr(1) + "\n",
        "AIRLIFT 1 upload 0 g" + cnonce_text.substr(1) + "\n", "AIRLIFT 1 upload 0 " + cnonce_text + " x\n",
        "AIRLIFT 1 upload 0 " + cnonce_text.substr(1) + std::string("\0\n", 2)));

TEST(ExtensionRequest, RandomOnesComeBack) {
  std::mt19937 random{4};
  for (int round = 0; round < 1000; ++round) {
    ExtensionRequest request;
    request.purpose = random() % 2 == 0 ? Purpose::upload : Purpose::status;
    request.host_port = static_cast<std::uint16_t>(random());
    request.cnonce = random_array<ClientNonce>(random);
    const std::string line{format_extension_request(request).view()};
    const auto back = find(request.purpose == Purpose::upload ? vectors::invitation + line : line);
    ASSERT_TRUE(back) << line;
    EXPECT_EQ(*back, request) << line;
  }
}

TEST(ExtensionAnswer, IsRead) {
  const auto answer = parse(vectors::answer);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->port, 8266);
  EXPECT_TRUE(answer->password);
  EXPECT_TRUE(answer->gzip);
  EXPECT_TRUE(answer->tls);
  EXPECT_FALSE(answer->tls_required);
  EXPECT_EQ(answer->salt, vectors::salt);
  EXPECT_EQ(answer->nonce, vectors::nonce);
}

TEST(ExtensionAnswer, EachFeatureHasItsLetter) {
  const std::string end{" " + salt_text + " " + nonce_text};
  for (int set = 0; set < 16; ++set) {
    const ExtensionAnswer answer{
        0, (set & 1) != 0, (set & 2) != 0, (set & 4) != 0, (set & 8) != 0, vectors::salt, vectors::nonce};
    std::string letters;
    for (int i = 0; i < 4; ++i) {
      if ((set & 1 << i) != 0) letters += "pztT"[i];
    }
    const ExtensionAnswerText text = format_extension_answer(answer);
    EXPECT_EQ(text.view(), "AIRLIFT 1 0 " + (letters.empty() ? "-" : letters) + end);
    const auto back = parse(text);
    ASSERT_TRUE(back) << text.view();
    EXPECT_EQ(back->password, answer.password) << text.view();
    EXPECT_EQ(back->gzip, answer.gzip) << text.view();
    EXPECT_EQ(back->tls, answer.tls) << text.view();
    EXPECT_EQ(back->tls_required, answer.tls_required) << text.view();
  }
}

TEST(ExtensionAnswer, TheLongestOneFits) {
  const ExtensionAnswerText text =
      format_extension_answer({65535, true, true, true, true, vectors::salt, vectors::nonce});
  EXPECT_FALSE(text.truncated());
  EXPECT_EQ(text.size(), 118U);  // as the page says
}

TEST(ExtensionAnswer, UnknownFeaturesArePassedOver) {
  const auto answer = parse("AIRLIFT 1 1 azZQ " + salt_text + " " + nonce_text);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->gzip);
  EXPECT_FALSE(answer->password || answer->tls || answer->tls_required);
}

TEST(ExtensionAnswer, IsNoLongerThanAReply) {
  const auto with_features = [](std::size_t count) {
    return "AIRLIFT 1 65535 " + std::string(count, 'x') + " " + salt_text + " " + nonce_text;
  };
  ASSERT_EQ(with_features(14).size(), longest_reply_bytes);
  EXPECT_TRUE(parse(with_features(14)));
  EXPECT_FALSE(parse(with_features(15)));
}

TEST(ExtensionAnswer, ATruncatedOneIsNone) {
  for (std::size_t size = 0; size < vectors::answer.size(); ++size) {
    EXPECT_FALSE(parse(vectors::answer.substr(0, size))) << size;
  }
}

class DamagedAnswer : public testing::TestWithParam<std::string> {};

TEST_P(DamagedAnswer, IsNone) {
  EXPECT_FALSE(parse(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Lines, DamagedAnswer,
                         testing::Values("OK", "ERR: safe mode", vectors::answer + "\n",
                                         vectors::answer + "0", vectors::answer + " ", " " + vectors::answer,
                                         "airlift 1 1 - " + salt_text + " " + nonce_text,
                                         "AIRLIFT 2 1 - " + salt_text + " " + nonce_text,  // version
                                         "AIRLIFT 1 65536 - " + salt_text + " " + nonce_text,
                                         "AIRLIFT 1 -1 - " + salt_text + " " + nonce_text,
                                         "AIRLIFT 1  - " + salt_text + " " + nonce_text,  // port
                                         "AIRLIFT 1 1  " + salt_text + " " + nonce_text,
                                         "AIRLIFT 1 1 p- " + salt_text + " " + nonce_text,
                                         "AIRLIFT 1 1 p1 " + salt_text + " " + nonce_text,
                                         "AIRLIFT 1 1 p\xc3\xa4 " + salt_text + " " + nonce_text,  // features
                                         "AIRLIFT 1 1 - " + salt_text.substr(1) + " " + nonce_text,
                                         "AIRLIFT 1 1 - " + salt_text + "0 " + nonce_text.substr(1),
                                         "AIRLIFT 1 1 - " + salt_text + "  " + nonce_text.substr(1),
                                         "AIRLIFT 1 1 - " + nonce_text + " " + salt_text,
                                         "AIRLIFT 1 1 - " + salt_text + " x" + nonce_text.substr(1)));

}  // namespace
}  // namespace airlift::wire
