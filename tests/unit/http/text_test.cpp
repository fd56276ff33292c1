// The small texts of HTTP: forms, passwords, cookies, JSON, and the frames of answers.

#include <gtest/gtest.h>

#include <string>

#include "airlift/http/answer.hpp"
#include "airlift/http/json.hpp"
#include "airlift/http/login.hpp"
#include "airlift/http/url.hpp"

namespace airlift::http {
namespace {

std::optional<std::string> decoded(std::string_view text, Plus plus = Plus::is_blank, std::size_t room = 64) {
  std::array<char, 64> into{};
  const auto size = decode_url(text, plus, Span<char>{into}.first(room));
  return size ? std::optional<std::string>{std::string{into.data(), *size}} : std::nullopt;
}

TEST(Url, IsDecodedOnce) {
  EXPECT_EQ(decoded("a%20b+c%2B%C3%a4"), "a b c+\xC3\xA4");
  EXPECT_EQ(decoded("a+b", Plus::is_plus), "a+b");
  EXPECT_EQ(decoded("%2541"), "%41");
  EXPECT_EQ(decoded("%00"), std::string(1, '\0'));
  EXPECT_EQ(decoded(""), "");
}

TEST(Url, IsRefusedWhenItIsDamagedOrTooLong) {
  for (const char* text : {"%", "%4", "a%", "%g0", "%0g", "%%41", "% 41"}) {
    EXPECT_EQ(decoded(text), std::nullopt) << text;
  }
  EXPECT_EQ(decoded("%41%41%41", Plus::is_blank, 3), "AAA");
  EXPECT_EQ(decoded("%41%41%41", Plus::is_blank, 2), std::nullopt);
}

TEST(Url, IsDecodedInPlace) {
  std::string text{"/%61%62c"};
  const auto size = decode_url(text, Plus::is_plus, Span<char>{text.data(), text.size()});
  EXPECT_EQ(text.substr(0, *size), "/abc");
}

TEST(Form, GivesTheFirstValueOfAName) {
  EXPECT_EQ(form_value<8>("a=1&b=%32&b=3", "b")->view(), "2");
  EXPECT_EQ(form_value<8>("a=1&b", "b")->view(), "");
  EXPECT_EQ(form_value<8>("a=b=c", "a")->view(), "b=c");
  EXPECT_EQ(form_value<8>("&&a=1&", "a")->view(), "1");
  EXPECT_EQ(form_value<8>("aa=1", "a"), std::nullopt);
  EXPECT_EQ(form_value<8>("", "a"), std::nullopt);
  EXPECT_EQ(form_value<8>("a=%4", "a"), std::nullopt);
  EXPECT_EQ(form_value<3>("a=123", "a")->view(), "123");
  EXPECT_EQ(form_value<3>("a=1234", "a"), std::nullopt);
}

std::optional<std::string> password(std::string_view authorization) {
  const auto found = basic_password(authorization);
  return found ? std::optional<std::string>{std::string{found->view()}} : std::nullopt;
}

TEST(Basic, CarriesThePassword) {
  EXPECT_EQ(password("Basic dXNlcjpwYXNz"), "pass");         // user:pass
  EXPECT_EQ(password("basic   dXNlcjpwYXM6cw=="), "pas:s");  // user:pas:s
  EXPECT_EQ(password("Basic OnA="), "p");                    // :p
  EXPECT_EQ(password("Basic OnA"), "p");
  EXPECT_EQ(password("Basic dTo="), "");                  // u:
  EXPECT_EQ(password("Basic dTr//vs="), "\xff\xfe\xfb");  // all of the alphabet's end
}

TEST(Basic, IsRefusedWhenItIsDamaged) {
  for (const char* text :
       {"", "Basic", "Basic ", "Bearer dTpw", "Basic dXNlcg==", "Basic dTpw!", "Basic dT pw", "Basic d",
        "Basic dTpwd", "Basic =", "Basicd dTpw", "Basic dTpw===", "Basic dT=pw"}) {
    EXPECT_EQ(password(text), std::nullopt) << text;
  }
  std::string longest{"Basic OnBw"};
  while (longest.size() < 6 + 4 * 85) longest += "cHBw";  // 3 bytes each
  EXPECT_EQ(password(longest)->size(), 254U);
  EXPECT_EQ(password(longest + "cHBw"), std::nullopt);
}

TEST(Cookie, IsFoundByItsWholeName) {
  EXPECT_EQ(cookie_value("a=1; airlift=xyz; b=2", "airlift"), "xyz");
  EXPECT_EQ(cookie_value("airlift=xyz", "airlift"), "xyz");
  EXPECT_EQ(cookie_value("a=1;airlift=x=y", "airlift"), "x=y");
  EXPECT_EQ(cookie_value("xairlift=1; airlift2=2; =; ;", "airlift"), "");
  EXPECT_EQ(cookie_value("", "airlift"), "");
}

std::string json(std::string_view text, std::size_t room = 256) {
  std::array<std::uint8_t, 256> memory{};
  TextWriter into{MutableBytes{memory}.first(room)};
  append_json_string(into, text);
  return into.overflowed() ? "overflowed" : std::string{into.view()};
}

TEST(Json, EscapesWhatMustBe) {
  EXPECT_EQ(json("a\"b\\c/d\n\t"), R"("a\"b\\c/d\n\t")");
  EXPECT_EQ(json("\x01\x1f\x7f\r"), R"("????")");
  EXPECT_EQ(json({"\0", 1}), R"("?")");
  EXPECT_EQ(json("</script>"), R"("</script>")");
}

TEST(Json, LetsOnlyUtf8Through) {
  EXPECT_EQ(json("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"");
  const std::pair<const char*, const char*> table[]{{"\x80", "?"},
                                                    {"\xC3", "?"},
                                                    {"\xC3z", "?z"},
                                                    {"\xC0\xAF", "??"},
                                                    {"\xE0\x80\xAF", "???"},
                                                    {"\xED\xA0\x80", "???"},
                                                    {"\xF4\x90\x80\x80", "????"},
                                                    {"\xF0\x80\x80\x80", "????"},
                                                    {"\xE2\x82", "??"},
                                                    {"\xFF\xFE", "??"}};
  for (const auto& [text, expected] : table) EXPECT_EQ(json(text), "\"" + std::string{expected} + "\"");
}

TEST(Json, WritesFieldsWithCommasBetween) {
  std::array<std::uint8_t, 64> memory{};
  TextWriter into{memory};
  JsonObject{into}.field("a", "1").field("b", "\"").end();
  EXPECT_EQ(into.view(), R"({"a":"1","b":"\""})");
}

TEST(TextWriter, WritesWholeTextsOrNothing) {
  std::array<std::uint8_t, 6> memory{};
  TextWriter into{memory};
  into.append("abc").append_number(-12);
  EXPECT_EQ(into.view(), "abc-12");
  EXPECT_FALSE(into.overflowed());
  into.append("");
  EXPECT_FALSE(into.overflowed());
  into.append("x");
  EXPECT_TRUE(into.overflowed());
  into.take_back(3);
  EXPECT_FALSE(into.overflowed());
  into.append("defg").append("d");
  EXPECT_TRUE(into.overflowed());
  EXPECT_EQ(into.view(), "abc");
}

TEST(Answer, HasItsHead) {
  std::array<std::uint8_t, 512> memory{};
  TextWriter into{memory};
  AnswerHead head;
  head.status = 404;
  head.length = 12;
  head.content_type = "a/b";
  append_head(into, head);
  append_header(into, "X", "y");
  end_head(into);
  EXPECT_EQ(into.view(),
            "HTTP/1.1 404 Not Found\r\nContent-Type: a/b\r\nContent-Length: 12\r\nConnection: close\r\n"
            "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nX: y\r\n\r\n");
}

TEST(Answer, SaysHowLongItsBodyIs) {
  const auto text = [](AnswerHead head) {
    std::array<std::uint8_t, 512> memory{};
    TextWriter into{memory};
    append_head(into, head);
    return std::string{into.view()};
  };
  AnswerHead head;
  head.keep_alive = true;
  EXPECT_NE(text(head).find("Content-Length: 0\r\nConnection: keep-alive\r\n"), std::string::npos);
  head.framing = AnswerHead::Framing::chunked;
  EXPECT_NE(text(head).find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(text(head).find("Content-Length"), std::string::npos);
  head.framing = AnswerHead::Framing::until_close;
  EXPECT_EQ(text(head).find("Transfer-Encoding"), std::string::npos);
  EXPECT_EQ(text(head).find("Content-Length"), std::string::npos);
  head.framing = AnswerHead::Framing::length;
  for (const int status : {204, 304}) {
    head.status = status;
    EXPECT_EQ(text(head).find("Content-Length"), std::string::npos) << status;
  }
  EXPECT_EQ(reason_of(200), "OK");
  EXPECT_EQ(reason_of(299), "Unknown");
}

TEST(Answer, FramesChunks) {
  std::array<std::uint8_t, 0x123 + chunk_head_bytes + chunk_tail_bytes> buffer{};
  std::fill(buffer.begin(), buffer.end(), std::uint8_t{'x'});
  const Bytes framed = frame_chunk(buffer, 0x123);
  EXPECT_EQ(as_text(framed), "123\r\n" + std::string(0x123, 'x') + "\r\n");
  EXPECT_EQ(as_text(frame_chunk(buffer, 2)), "002\r\nxx\r\n");
}

}  // namespace
}  // namespace airlift::http
