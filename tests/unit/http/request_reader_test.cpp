#include "airlift/http/request_reader.hpp"

#include <gtest/gtest.h>

#include <string>

#include "cuts.hpp"

namespace airlift::http {
namespace {

using State = RequestReader::State;
using testing::Cuts;

/// What a reader makes of a text; the views live as long as it.
struct Reading {
  explicit Reading(std::string_view text) : Reading{text, {text.size()}} {}
  Reading(std::string_view text, const Cuts& cuts) {
    taken = testing::feed_cut(text, cuts, [this](Bytes piece) { return reader.take(piece); });
  }
  [[nodiscard]] const Request& request() const { return reader.request(); }

  RequestReader reader;
  std::size_t taken{0};
};

/// The status a request is refused with, whatever way it is cut; 0: it is taken.
int refused(std::string_view text) {
  std::optional<int> status;
  for (const Cuts& cuts : testing::ways_to_cut(text.size())) {
    const Reading reading{text, cuts};
    EXPECT_NE(reading.reader.state(), State::head) << text;
    const int now = reading.reader.state() == State::refused ? reading.reader.status() : 0;
    EXPECT_EQ(status.value_or(now), now) << "it depends on the cuts: " << text;
    status = now;
  }
  return *status;
}

std::string get(std::string_view target, std::string_view headers = {}) {
  return std::string{"GET "}.append(target).append(" HTTP/1.1\r\nHost: a\r\n").append(headers).append("\r\n");
}

std::string path_of(std::string_view target) {
  const std::string text = get(target);
  const Reading reading{text};
  EXPECT_EQ(reading.reader.state(), State::whole) << target;
  return std::string{reading.request().path};
}

TEST(RequestReader, TakesARequestHoweverItIsCut) {
  const std::string text{
      "POST /api/offer?a=b&c HTTP/1.1\r\nhost: lamp.local:8080\r\nContent-Length: 12\r\nAuthorization: Basic "
      "eA==\r\n"
      "Cookie: airlift=1\r\nX-CSRF-Token: tok\r\nOrigin: http://lamp\r\nSec-Fetch-Site: none\r\nUser-Agent: "
      "x/1\r\n"
      "Content-Type: text/plain\r\nAccept: */*\r\nAccept-Encoding: gzip \t\r\nIf-None-Match: \"1\"\r\n"
      "Expect: 100-continue\r\nX-Unknown: whatever\r\nEmpty:\r\n\r\nbody"};
  for (const Cuts& cuts : testing::ways_to_cut(text.size())) {
    const Reading reading{text, cuts};
    const Request& request = reading.request();
    ASSERT_EQ(reading.reader.state(), State::whole);
    EXPECT_EQ(reading.taken, text.size() - 4);
    EXPECT_EQ(request.method, Method::post);
    EXPECT_TRUE(request.http_1_1);
    EXPECT_TRUE(request.keep_alive);
    EXPECT_EQ(request.target, "/api/offer?a=b&c");
    EXPECT_EQ(request.path, "/api/offer");
    EXPECT_EQ(request.query, "a=b&c");
    EXPECT_EQ(request.host, "lamp.local:8080");
    EXPECT_EQ(request.content_length, 12U);
    EXPECT_EQ(request.authorization, "Basic eA==");
    EXPECT_EQ(request.cookie, "airlift=1");
    EXPECT_EQ(request.csrf_token, "tok");
    EXPECT_EQ(request.origin, "http://lamp");
    EXPECT_EQ(request.fetch_site, "none");
    EXPECT_EQ(request.user_agent, "x/1");
    EXPECT_EQ(request.content_type, "text/plain");
    EXPECT_EQ(request.accept, "*/*");
    EXPECT_EQ(request.accept_encoding, "gzip");
    EXPECT_EQ(request.if_none_match, "\"1\"");
    EXPECT_EQ(request.expect, "100-continue");
  }
}

TEST(RequestReader, KeepsExtraHeadersForWhoeverWantsThem) {
  const std::string text =
      get("/a",
          "range: bytes=0-1\r\nRang: no\r\nX-A-Name-Of-24-Character: \t v \r\nIf-Range:\r\n"
          "X-A-Name-Of-24-Characters: no\r\nAccept: */*\r\n");
  for (const Cuts& cuts : testing::ways_to_cut(text.size())) {
    std::array<ExtraHeader, 4> extra{ExtraHeader{"Range", {}}, ExtraHeader{"X-A-Name-Of-24-Character", {}},
                                     ExtraHeader{"If-Range", {}}, ExtraHeader{"If-Match", {}}};
    RequestReader reader{extra};
    (void)testing::feed_cut(text, cuts, [&](Bytes piece) { return reader.take(piece); });
    ASSERT_EQ(reader.state(), State::whole);
    EXPECT_EQ(extra[0].value, "bytes=0-1");
    EXPECT_EQ(extra[1].value, "v");
    EXPECT_EQ(extra[2].value, "");
    EXPECT_EQ(extra[3].value, "");
    EXPECT_EQ(reader.request().accept, "*/*");
    reader.start();
    EXPECT_EQ(extra[0].value, "");
  }
}

TEST(RequestReader, RefusesExtraHeadersThatStandThereTwice) {
  for (const char* twice : {"Range: a\r\nrange: b\r\n", "Range:\r\nRange:\r\n", "Range: a\r\nRange: a\r\n"}) {
    std::array<ExtraHeader, 1> extra{ExtraHeader{"Range", {}}};
    RequestReader reader{extra};
    (void)reader.take(as_bytes(get("/a", twice)));
    ASSERT_EQ(reader.state(), State::refused) << twice;
    EXPECT_EQ(reader.status(), 400);
    reader.start();
    (void)reader.take(as_bytes(get("/a", "Range: a\r\n")));
    EXPECT_EQ(reader.state(), State::whole);
  }
}

TEST(RequestReader, TakesTheNextRequestAfterTheFirst) {
  RequestReader reader;
  const std::string both = get("/a", "Origin: x\r\nContent-Length: 0\r\n") + get("/b");
  const std::size_t first = reader.take(as_bytes(both));
  EXPECT_EQ(reader.request().path, "/a");
  EXPECT_EQ(reader.take(as_bytes(both)), 0U);  // not before start()
  reader.start();
  EXPECT_FALSE(reader.begun());
  EXPECT_EQ(first + reader.take(as_bytes(both).subspan(first)), both.size());
  EXPECT_EQ(reader.request().path, "/b");
  EXPECT_EQ(reader.request().origin, "");
  EXPECT_FALSE(reader.request().content_length);
  EXPECT_TRUE(reader.begun());
}

TEST(RequestReader, KnowsTheMethods) {
  const std::pair<const char*, Method> table[]{{"GET", Method::get},       {"HEAD", Method::head},
                                               {"POST", Method::post},     {"PUT", Method::put},
                                               {"DELETE", Method::remove}, {"OPTIONS", Method::options},
                                               {"PATCH", Method::other},   {"TRACE", Method::other}};
  for (const auto& [name, method] : table) {
    const Reading reading{std::string{name} + " / HTTP/1.1\r\nHost: a\r\n\r\n"};
    ASSERT_EQ(reading.reader.state(), State::whole) << name;
    EXPECT_EQ(reading.request().method, method) << name;
  }
  EXPECT_EQ(refused("BREW / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refused("get / HTTP/1.1\r\n\r\n"), 400);
}

TEST(RequestReader, KnowsWhetherTheConnectionStays) {
  const auto keeps = [](std::string_view version, std::string_view headers) {
    const Reading reading{
        std::string{"GET / "}.append(version).append("\r\n").append(headers).append("\r\n")};
    EXPECT_EQ(reading.reader.state(), State::whole);
    return reading.request().keep_alive;
  };
  EXPECT_TRUE(keeps("HTTP/1.1", ""));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0", ""));
  EXPECT_TRUE(keeps("HTTP/1.0", "Connection: keep-alive\r\n"));
  EXPECT_FALSE(Reading{"GET / HTTP/1.0\r\n\r\n"}.request().http_1_1);
}

TEST(RequestReader, StaysInHttpWhateverUpgradeIsAskedFor) {
  const std::string text = get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n");
  const Reading reading{text + "tail"};
  EXPECT_EQ(reading.reader.state(), State::whole);
  EXPECT_EQ(reading.taken, text.size());
}

TEST(RequestReader, RefusesOtherVersions) {
  EXPECT_EQ(refused("GET / HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(refused("GET / HTTP/1.2\r\n\r\n"), 505);
  EXPECT_EQ(refused("GET / HTTP/0.9\r\n\r\n"), 505);
  EXPECT_EQ(refused("GET /\r\n\r\n"), 505);
  EXPECT_EQ(refused("GET / HTTP/x\r\n\r\n"), 505);
}

TEST(RequestReader, RefusesTransferEncoding) {
  EXPECT_EQ(refused(get("/", "Transfer-Encoding: chunked\r\n")), 411);
  EXPECT_EQ(refused(get("/", "transfer-encoding: identity\r\n")), 411);
  EXPECT_EQ(refused(get("/", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")), 411);
  EXPECT_EQ(refused(get("/", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")), 411);
  EXPECT_EQ(refused(get("/", "Transfer-Encoding:\r\n")), 411);
}

TEST(RequestReader, RefusesLengthsThatCanBeReadInTwoWays) {
  for (const char* headers :
       {"Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Content-Length: 3, 4\r\n", "Content-Length: 3 4\r\n", "Content-Length: +3\r\n",
        "Content-Length: -3\r\n", "Content-Length: 0x3\r\n", "Content-Length: 3a\r\n",
        "Content-Length: 18446744073709551616\r\n"}) {
    EXPECT_EQ(refused(get("/", headers)), 400) << headers;
  }
  EXPECT_EQ(refused(get("/", "Content-Length: 3\r\n")), 0);
}

TEST(RequestReader, RefusesWhatOthersMayReadInAnotherWay) {
  for (const char* text : {
           "GET / HTTP/1.1\nHost: a\r\n\r\n",  // bare line feeds
           "GET / HTTP/1.1\r\nHost: a\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\n\n",
           "GET / HTTP/1.1\r\nHost: a\r\n\rx",  // bare carriage returns
           "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",  // folded
           "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n",
           "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : a\r\n\r\n",  // a blank in the name
           "GET / HTTP/1.1\r\nContent Length: 3\r\n\r\n",
           "GET / HTTP/1.1\r\nHost\r\n\r\n",  // no colon
           "GET / HTTP/1.1\r\n: a\r\n\r\n",   // no name
           "GET / HTTP/1.1\r\nH\xC3\xB6st: a\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n",  // control characters
           "GET / HTTP/1.1\r\nHost: a\x7F\r\n\r\n",
           "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",  // an empty line before
           "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",     // blanks in the request line
           "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
           " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n",
           "\x16\x03\x01\x02",  // TLS
       }) {
    EXPECT_EQ(refused(text), 400) << text;
  }
  EXPECT_EQ(refused(std::string_view{"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 30}), 400);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: \xC3\xB6\tx\r\n\r\n"), 0);
}

TEST(RequestReader, RefusesHeadersThatStandThereTwice) {
  for (const char* name : {"Host", "Authorization", "Cookie", "X-CSRF-Token", "Origin", "Sec-Fetch-Site",
                           "Content-Type", "Expect"}) {
    const std::string line = std::string{name} + ": 100-continue\r\n";
    const std::string first = std::string{name} == "Host" ? "" : line;
    EXPECT_EQ(refused(get("/", first + line)), 400) << name;
  }
  const std::string text = get("/", "Accept: a\r\nAccept: b\r\n");
  EXPECT_EQ(Reading{text}.request().accept, "a");
}

TEST(RequestReader, RefusesOtherExpectations) {
  EXPECT_EQ(refused(get("/", "Expect: 100-Continue\r\n")), 0);
  EXPECT_EQ(refused(get("/", "Expect: 200-ok\r\n")), 417);
  EXPECT_EQ(refused(get("/", "Expect:\r\n")), 417);
}

TEST(RequestReader, BoundsEveryLine) {
  const std::string line = "GET / HTTP/1.1";
  const std::string target(longest_line_bytes - line.size(), 'x');
  EXPECT_EQ(refused(get("/" + target)), 0);
  EXPECT_EQ(refused(get("/x" + target)), 431);
  const std::string value(longest_line_bytes - 3, 'v');
  EXPECT_EQ(refused(get("/", "a: " + value + "\r\n")), 0);
  EXPECT_EQ(refused(get("/", "a: v" + value + "\r\n")), 431);
}

TEST(RequestReader, BoundsTheNumberOfHeaders) {
  std::string headers;
  for (std::size_t i = 1; i < most_headers; ++i) headers += "a: b\r\n";
  EXPECT_EQ(refused(get("/", headers)), 0);
  EXPECT_EQ(refused(get("/", headers + "a: b\r\n")), 431);
}

TEST(RequestReader, BoundsTheHead) {
  const std::string line = "a: " + std::string(997, 'v') + "\r\n";
  std::string headers;
  for (int i = 0; i < 8; ++i) headers += line;
  const std::size_t left = longest_head_bytes - get("/", headers).size();
  EXPECT_EQ(refused(get("/", headers + "b: " + std::string(left - 5, 'v') + "\r\n")), 0);
  EXPECT_EQ(refused(get("/", headers + "b: " + std::string(left - 4, 'v') + "\r\n")), 431);
}

TEST(RequestReader, BoundsWhatItKeeps) {
  const std::string value(900, 'v');
  const std::string headers = "Origin: " + value + "\r\nCookie: " + value + "\r\nAccept: " + value + "\r\n";
  EXPECT_EQ(refused(get("/", headers)), 0);
  EXPECT_EQ(refused(get("/", headers + "Authorization: " + value + "\r\n")), 431);
  // The decoded path needs room, too.
  EXPECT_EQ(refused(get("/" + std::string(300, 'p'), headers)), 431);
}

TEST(RequestReader, DecodesThePathOnce) {
  EXPECT_EQ(path_of("/api/state/ota/0"), "/api/state/ota/0");
  EXPECT_EQ(path_of("/%61%70i"), "/api");
  EXPECT_EQ(path_of("/a%2525b+c"), "/a%25b+c");
  EXPECT_EQ(path_of("/a?b=/../c"), "/a");
  EXPECT_EQ(path_of("/?"), "/");
  EXPECT_EQ(refused(get("/%")), 400);
  EXPECT_EQ(refused(get("/%4")), 400);
  EXPECT_EQ(refused(get("/%zz")), 400);
}

TEST(RequestReader, HasNoPathThatLeadsElsewhere) {
  for (const char* target : {"/../env.json", "/%2e%2e/env.json", "/%2E./env.json", "/.%2e/x", "/a/..", "/..",
                             "/a..b", "/a%2fb", "/a%2Fb", "/%5c..%5cx", "/a\\b", "/a%00", "/env.json%00.html",
                             "/%0a", "/%7f", "/%c0%ae%c0%ae/x", "/%ff"}) {
    EXPECT_EQ(path_of(target), "") << target;
  }
  EXPECT_EQ(path_of("/%252e%252e/x"), "/%2e%2e/x");  // a name like any other, and none of ours
  EXPECT_EQ(path_of("/a//b"), "/a//b");
}

TEST(RequestReader, TakesNoOtherFormOfTarget) {
  for (const char* target : {"http://lamp/", "*", "lamp", "/a#b", "//"}) {
    const std::string text = get(target);
    const Reading reading{text};
    const bool nothing = reading.reader.state() == State::refused || reading.request().path == "//";
    EXPECT_TRUE(nothing) << target;
  }
  EXPECT_EQ(refused("CONNECT lamp:80 HTTP/1.1\r\n\r\n"), 400);
}

TEST(RequestReader, SaysNothingBeforeTheEnd) {
  const std::string text = get("/", "Origin: x\r\n");
  for (std::size_t size = 0; size < text.size(); ++size) {
    const Reading reading{std::string_view{text}.substr(0, size)};
    EXPECT_EQ(reading.reader.state(), State::head);
    EXPECT_EQ(reading.reader.begun(), size > 0);
  }
}

}  // namespace
}  // namespace airlift::http
