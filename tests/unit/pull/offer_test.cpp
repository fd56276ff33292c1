#include "airlift/pull/offer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace airlift::pull {
namespace {

using Response = port::HttpClient::Response;
constexpr std::string_view some_md5{"00112233445566778899aabbccddeeff"};
constexpr std::string_view some_sha256{"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"};
constexpr std::string_view some_date{"Sun, 06 Nov 1994 08:49:37 GMT"};

Response whole(std::uint64_t size) {
  Response response;
  response.status = 200;
  response.content_length = size;
  return response;
}
Response part(std::string_view range) {
  Response response;
  response.status = 206;
  response.content_range = range;
  return response;
}

TEST(ContentRange, IsRead) {
  const auto range = parse_content_range("bytes 5-9/10");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 5U);
  EXPECT_EQ(range->last, 9U);
  EXPECT_EQ(range->total, 10U);
  EXPECT_TRUE(parse_content_range("Bytes 0-0/1"));
  EXPECT_TRUE(parse_content_range("bytes 0-18446744073709551613/18446744073709551614"));
  for (const std::string_view text :
       {"", "bytes", "bytes ", "5-9/10", "bytes 5-9/*", "bytes */10", "bytes 9-5/10", "bytes 5-10/10",
        "bytes 5-9/0", "bytes -5-9/10", "bytes 5-9/10 ", "bytes  5-9/10", "bytes=5-9/10", "items 5-9/10",
        "bytes 5-9/18446744073709551616", "bytes +5-9/10", "bytes 5-9", "bytes a-b/c"})
    EXPECT_FALSE(parse_content_range(text)) << text;
}

TEST(Etag, IsChecked) {
  for (const std::string_view etag : {"\"\"", "\"a\"", "W/\"a-b/c\"", "\"!#~\""}) {
    EXPECT_EQ(checked_etag(etag), etag);
    EXPECT_EQ(is_strong(etag), etag.front() == '"') << etag;
  }
  for (const std::string_view text :
       {"", "a", "\"", "\"a", "a\"", "w/\"a\"", "W/a", "\"a\"b\"", "\"a b\"", "\"a\r\"", "\"\x80\"", "W/\""})
    EXPECT_EQ(checked_etag(text), "") << text;
  EXPECT_FALSE(is_strong(""));
}

TEST(Offer, HasWhatTheHeadSays) {
  Response response = whole(1000);
  response.etag = "\"v1\"";
  response.last_modified = some_date;
  response.md5 = some_md5;
  response.sha256 = some_sha256;
  response.version = "1.2.3";
  const Result<Offer> offer = read_whole(response);
  ASSERT_TRUE(offer.ok());
  EXPECT_EQ(offer.value().size_bytes, 1000U);
  EXPECT_EQ(offer.value().etag.view(), "\"v1\"");
  EXPECT_EQ(offer.value().last_modified.view(), some_date);
  EXPECT_EQ((*offer.value().md5)[1], 0x11);
  EXPECT_EQ((*offer.value().sha256)[31], 0xFF);
  EXPECT_EQ(offer.value().version.view(), "1.2.3");
  EXPECT_EQ(offer.value().validator(), "\"v1\"");
}

TEST(Offer, NeedsNothingButTheSize) {
  const Offer offer = read_whole(whole(1)).value();
  EXPECT_FALSE(offer.md5 || offer.sha256 || offer.has_strong_etag());
  EXPECT_EQ(offer.validator(), "");
}

TEST(Offer, VouchesByItsDateWhenTheTagIsWeak) {
  Response response = whole(1);
  response.etag = "W/\"v1\"";
  response.last_modified = some_date;
  EXPECT_EQ(read_whole(response).value().validator(), some_date);
  response.last_modified = "yesterday";
  EXPECT_EQ(read_whole(response).value().validator(), "");
  EXPECT_EQ(read_whole(response).value().etag.view(), "W/\"v1\"");
}

TEST(Offer, IsNotUnderstood) {
  const auto error = [](void (*change)(Response&)) {
    Response response = whole(1000);
    change(response);
    const Result<Offer> offer = read_whole(response);
    return offer.error();
  };
  EXPECT_EQ(error([](Response& r) { r.content_length.reset(); }), UpdateError::bad_response);
  EXPECT_EQ(error([](Response& r) { r.content_encoding = "gzip"; }), UpdateError::bad_response);
  EXPECT_EQ(error([](Response& r) { r.content_encoding = "Identity"; }), UpdateError::none);
  EXPECT_EQ(error([](Response& r) { r.content_type = "text/html"; }), UpdateError::bad_response);
  EXPECT_EQ(error([](Response& r) { r.content_type = "Text/HTML ; charset=utf-8"; }),
            UpdateError::bad_response);
  EXPECT_EQ(error([](Response& r) { r.content_type = "application/octet-stream"; }), UpdateError::none);
  EXPECT_EQ(error([](Response& r) { r.md5 = "00"; }), UpdateError::bad_response);
  EXPECT_EQ(error([](Response& r) { r.md5 = some_sha256; }), UpdateError::bad_response);
  EXPECT_EQ(error([](Response& r) { r.sha256 = some_md5; }), UpdateError::bad_response);
  EXPECT_EQ(error([](Response& r) { r.sha256 = some_sha256.substr(1); }), UpdateError::bad_response);
  EXPECT_EQ(error([](Response& r) { r.content_length = 0x100000000; }), UpdateError::no_space);
  EXPECT_EQ(error([](Response& r) { r.content_length = 0xFFFFFFFF; }), UpdateError::none);
}

TEST(Offer, LeavesOutWhatIsTooLong) {
  Response response = whole(1);
  const std::string etag = "\"" + std::string(126, 'e') + "\"";
  const std::string longer = "\"" + std::string(127, 'e') + "\"";
  const std::string version(32, '1');
  response.etag = etag;
  EXPECT_EQ(read_whole(response).value().etag.view(), etag);
  response.etag = longer;
  response.version = version;
  EXPECT_EQ(read_whole(response).value().etag.view(), "");
  EXPECT_EQ(read_whole(response).value().version.view(), "");
}

TEST(Offer, OfATail) {
  EXPECT_EQ(read_tail(part("bytes 232-999/1000"), 768).value().size_bytes, 1000U);
  EXPECT_EQ(read_tail(part("bytes 0-99/100"), 768).value().size_bytes, 100U);
  for (const std::string_view range :
       {"bytes 231-999/1000", "bytes 233-999/1000", "bytes 232-998/1000", "bytes 0-999/1000",
        "bytes 0-767/1000", "bytes 1-99/100", "", "bytes */9"})
    EXPECT_EQ(read_tail(part(range), 768).error(), UpdateError::bad_response) << range;
  Response response = part("bytes 232-999/1000");
  response.content_length = 768;
  EXPECT_TRUE(read_tail(response, 768).ok());
  response.content_length = 1000;
  EXPECT_EQ(read_tail(response, 768).error(), UpdateError::bad_response);
  EXPECT_EQ(read_tail(part("bytes 4294966528-4294967295/4294967296"), 768).error(), UpdateError::no_space);
}

TEST(Offer, IsContinuedByItsRestOnly) {
  Response first = whole(1000);
  first.etag = "\"v1\"";
  const Offer offer = read_whole(first).value();
  Response rest = part("bytes 400-999/1000");
  rest.etag = "\"v1\"";
  EXPECT_TRUE(continues(rest, offer, 400));
  EXPECT_FALSE(continues(rest, offer, 399));
  EXPECT_FALSE(continues(rest, offer, 401));
  rest.etag = "\"v2\"";
  EXPECT_FALSE(continues(rest, offer, 400));
  rest.etag = "";
  EXPECT_TRUE(continues(rest, offer, 400));
  rest.content_encoding = "gzip";
  EXPECT_FALSE(continues(rest, offer, 400));
  for (const std::string_view range : {"bytes 400-998/1000", "bytes 400-1000/1001", "bytes 400-999/1001", ""})
    EXPECT_FALSE(continues(part(range), offer, 400)) << range;
}

TEST(Offer, ContradictsItselfWithTwoSizesUnderOneTag) {
  Offer a = read_whole(whole(1000)).value();
  Offer b = read_whole(whole(999)).value();
  EXPECT_FALSE(contradict(a, b));
  a.etag = b.etag = Etag{"\"v1\""};
  EXPECT_TRUE(contradict(a, b));
  b.etag = Etag{"\"v2\""};
  EXPECT_FALSE(contradict(a, b));
  a.etag = b.etag = Etag{"W/\"v1\""};
  EXPECT_FALSE(contradict(a, b));
  b = a;
  EXPECT_FALSE(contradict(a, b));
}

TEST(Offer, MayBeTheSameFile) {
  Offer a = read_whole(whole(1000)).value();
  Offer b = a;
  EXPECT_TRUE(may_be_same(a, b));
  b.size_bytes = 999;
  EXPECT_FALSE(may_be_same(a, b));
  b = a;
  a.last_modified = some_date;
  EXPECT_TRUE(may_be_same(a, b));
  b.last_modified = std::string_view{"Sun, 06 Nov 1994 08:49:38 GMT"};
  EXPECT_FALSE(may_be_same(a, b));
  a.etag = b.etag = Etag{"\"v1\""};
  EXPECT_TRUE(may_be_same(a, b));
  a.sha256.emplace();
  EXPECT_TRUE(may_be_same(a, b));
  b.sha256.emplace().fill(1);
  EXPECT_FALSE(may_be_same(a, b));
  b.sha256 = a.sha256;
  a.md5.emplace();
  b.md5.emplace().fill(1);
  EXPECT_FALSE(may_be_same(a, b));
}

}  // namespace
}  // namespace airlift::pull
