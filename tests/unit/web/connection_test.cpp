// Connections: one request after another, and everything a stranger may do with one.

#include <gtest/gtest.h>

#include "airlift/http/limits.hpp"
#include "support/web_rig.hpp"

namespace airlift::web {
namespace {

using testing::FakeStream;
using testing::HttpAnswer;
using testing::request;
using testing::take_answer;
using StreamState = port::Stream::State;

constexpr std::string_view form{"Content-Type: application/x-www-form-urlencoded\r\n"};
constexpr std::string_view gzip{"Accept-Encoding: gzip\r\n"};

class WebConnections : public ::testing::Test, protected testing::WebRig {
 protected:
  void SetUp() override { start(); }
  static bool is_open(FakeStream& stream) { return stream.state() == StreamState::open; }
};

// One after another

TEST_F(WebConnections, AnswerOneRequestAfterAnother) {
  FakeStream& stream = connect();
  for (int i = 0; i < 5; ++i) {
    const HttpAnswer answer = say(stream, request("GET /api/login"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Connection"), "keep-alive");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(stream.written, "");
  }
  EXPECT_EQ(say(stream, request("POST /api/offer", form, "kind=firmware&size=5")).status, 200);
  EXPECT_EQ(say(stream, request("GET /api/state")).status, 200);
  EXPECT_EQ(say(stream, request("GET /nothing")).status, 404);
  EXPECT_TRUE(is_open(stream));
}

TEST_F(WebConnections, TakeRequestsInAnyPieces) {
  const std::string text = request("POST /api/offer", form, "kind=firmware&size=5");
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    FakeStream& stream = connect();
    EXPECT_EQ(say_in_pieces(stream, text, piece).status, 200) << piece;
    stream.peer_closes();
    run();
    EXPECT_FALSE(is_open(stream));
  }
}

TEST_F(WebConnections, ASecondRequestWaits) {
  FakeStream& stream = connect();
  const std::string text = request("GET /", gzip) + request("POST /api/offer", form, "kind=firmware&size=0") +
                           request("GET /api/state") + request("GET /api/login");
  stream.deliver(text);
  run();
  EXPECT_EQ(take_answer(stream.written).body, testing::page_bytes);
  EXPECT_EQ(take_answer(stream.written).status, 422);
  EXPECT_EQ(take_answer(stream.written).body.substr(0, 12), R"({"device/0":)");
  EXPECT_EQ(take_answer(stream.written).body.substr(0, 12), R"({"password":)");
  EXPECT_EQ(stream.written, "");
  EXPECT_TRUE(is_open(stream));
}

TEST_F(WebConnections, CloseWhenTheyAreAskedTo) {
  FakeStream& stream = connect();
  const HttpAnswer answer = say(stream, request("GET /api/login", "Connection: close\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_FALSE(is_open(stream));
}

TEST_F(WebConnections, SpeakHttp10) {
  FakeStream& stream = connect();
  EXPECT_EQ(say(stream, "GET /api/login HTTP/1.0\r\nHost: lamp\r\n\r\n").status, 200);
  EXPECT_FALSE(is_open(stream));
  FakeStream& kept = connect();
  EXPECT_EQ(say(kept, "GET /api/login HTTP/1.0\r\nHost: lamp\r\nConnection: keep-alive\r\n\r\n").status, 200);
  EXPECT_TRUE(is_open(kept));
  // What has no length beforehand ends with the connection.
  kept.deliver("GET /api/state HTTP/1.0\r\nHost: lamp\r\nConnection: keep-alive\r\n\r\n");
  run();
  EXPECT_FALSE(is_open(kept));
  const HttpAnswer answer = take_answer(kept.written);
  EXPECT_EQ(answer.header("Transfer-Encoding"), "");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_EQ(kept.written.substr(0, 12), R"({"device/0":)");
  EXPECT_EQ(kept.written.substr(kept.written.size() - 2), "}}");
}

TEST_F(WebConnections, AnswerHeadWithTheHeadOfGet) {
  for (const char* path : {"/", "/api/login", "/env.json", "/nothing"}) {
    FakeStream& stream = connect();
    const HttpAnswer get = say(stream, request(std::string{"GET "} + path, gzip));
    (void)say(stream, request(std::string{"HEAD "} + path, gzip));
    stream.written.clear();
    stream.deliver(request(std::string{"HEAD "} + path, gzip));
    run();
    EXPECT_EQ(stream.written, get.head + "\r\n");
    stream.peer_closes();
    run();
  }
  FakeStream& stream = connect();
  stream.written.clear();
  stream.deliver(request("HEAD /api/events"));
  run();
  EXPECT_EQ(stream.written.find("HTTP/1.1 200 OK\r\n"), 0U);
  EXPECT_EQ(stream.written.substr(stream.written.size() - 4), "\r\n\r\n");
  EXPECT_EQ(say(stream, request("GET /api/login")).status, 200);
}

TEST_F(WebConnections, SayWhatCanBeDone) {
  const HttpAnswer options = ask(request("OPTIONS /update"));
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(options.header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(ask(request("PUT /update", form, "x")).header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(ask(request("POST /env.json")).header("Allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
  EXPECT_EQ(ask(request("OPTIONS /")).header("Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(WebConnections, TellWhoWaitsToGoOn) {
  FakeStream& stream = connect();
  stream.deliver(
      request("POST /api/offer", std::string{form} + "Expect: 100-continue\r\nContent-Length: 20\r\n"));
  run();
  EXPECT_EQ(stream.written, "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(say(stream, "kind=firmware&size=5").status, 200);
}

TEST_F(WebConnections, TellNobodyToGoOnWhoseBodyIsNotWanted) {
  FakeStream& stream = connect();
  const HttpAnswer answer =
      say(stream,
          request("POST /api/offer", std::string{form} + "Expect: 100-continue\r\nContent-Length: 9999\r\n"));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.header("Connection"), "close");
}

// Bounds

TEST_F(WebConnections, RefuseWhatIsDamagedAndClose) {
  struct Row {
    std::string text;
    int status;
  };
  const Row table[]{
      {"nonsense\r\n", 400},
      {"GET / HTTP/1.1\nHost: lamp\n\n", 400},
      {"GET /" + std::string(2000, 'a') + " HTTP/1.1\r\n\r\n", 431},
      {request("GET /", "a: " + std::string(2000, 'b') + "\r\n"), 431},
      {request("POST /api/offer", "Transfer-Encoding: chunked\r\n"), 411},
      {request("GET /", "Expect: miracles\r\n"), 417},
      {"GET / HTTP/3.0\r\n\r\n", 505},
      {request("POST /api/offer", std::string{form} + "Content-Length: 2049\r\n"), 413},
      {request("PUT /env.json", "Content-Length: 16385\r\n"), 413},
      {request("PUT /env.json", "Content-Length: 99999999999999\r\n"), 413},
      {request("GET /api/state", "Content-Length: 1\r\n"), 413},
      {request("DELETE /env.json", "Content-Length: 1\r\n"), 413},
      {request("POST /api/offer", "Content-Type: application/json\r\n", "{}"), 415},
      {request("POST /api/offer", {}, "{}"), 415},
      {request("POST /update", form, "a=b"), 415},
      {request("POST /update", testing::form_type()), 411},
  };
  for (const Row& row : table) {
    FakeStream& stream = connect();
    const HttpAnswer answer = say(stream, row.text);
    EXPECT_EQ(answer.status, row.status) << row.text;
    EXPECT_NE(answer.body.find("\"error\":\""), std::string::npos) << answer.body;
    const bool whole = row.status == 411 && row.text.find("multipart") != std::string::npos;
    EXPECT_EQ(answer.header("Connection"), whole ? "keep-alive" : "close") << row.text;
    stream.peer_closes();
    run();
    EXPECT_FALSE(is_open(stream)) << row.text;
  }
  EXPECT_EQ(files.texts[0], "{}");
}

TEST_F(WebConnections, FindNothingWhateverWayItIsSpelt) {
  for (const char* path :
       {"/../env.json", "/%2e%2e/env.json", "//env.json", "/env.json/", "/ENV.JSON", "/env.json%00",
        "/%2fenv.json", "/..%5cenv.json", "/api/state/../../env.json", "/etc/passwd", "/state/../env.json",
        "/./env.json", "/api/state/", "/api/", "/api/state/ota%2f0"}) {
    EXPECT_EQ(ask(request(std::string{"GET "} + path)).status, 404) << path;
  }
  EXPECT_EQ(ask(request("GET /%65nv.json")).status, 200);
}

TEST_F(WebConnections, GiveALittleTimeForAHead) {
  FakeStream& silent = connect();
  FakeStream& slow = connect();
  slow.deliver("G");
  run();
  run(http::head_timeout - milliseconds{1});
  slow.deliver("E");
  run();
  EXPECT_TRUE(is_open(silent));
  run(milliseconds{1});
  EXPECT_FALSE(is_open(silent));  // nobody to tell
  EXPECT_EQ(silent.written, "");
  EXPECT_EQ(take_answer(slow.written).status, 408);
  slow.peer_closes();
  run();
  EXPECT_FALSE(is_open(slow));
}

TEST_F(WebConnections, GiveNoMoreToWhoSendsByteByByte) {
  FakeStream& stream = connect();
  const std::string text = request("GET /", "a: " + std::string(200, 'b') + "\r\n");
  std::size_t sent{0};
  for (; stream.written.empty() && sent < text.size(); ++sent) {
    stream.deliver(text.substr(sent, 1));
    run(milliseconds{100});
  }
  EXPECT_EQ(take_answer(stream.written).status, 408);
  EXPECT_NEAR(static_cast<double>(sent), 51, 1);
}

TEST_F(WebConnections, GiveMoreTimeBetweenRequests) {
  FakeStream& stream = connect();
  EXPECT_EQ(say(stream, request("GET /api/login")).status, 200);
  run(http::idle_timeout - milliseconds{1});
  EXPECT_EQ(say(stream, request("GET /api/login")).status, 200);
  run(http::idle_timeout);
  EXPECT_FALSE(is_open(stream));
  EXPECT_EQ(stream.written, "");
}

TEST_F(WebConnections, CountTheTimeForAHeadFromItsFirstByte) {
  FakeStream& stream = connect();
  EXPECT_EQ(say(stream, request("GET /api/login")).status, 200);
  run(http::idle_timeout - milliseconds{1});
  stream.deliver("G");
  run();
  run(http::head_timeout - milliseconds{1});
  EXPECT_EQ(stream.written, "");
  run(milliseconds{1});
  EXPECT_EQ(take_answer(stream.written).status, 408);
}

TEST_F(WebConnections, GiveALittleTimeForABody) {
  for (const std::string& text : {request("POST /api/offer", std::string{form} + "Content-Length: 2000\r\n"),
                                  request("PUT /env.json", "Content-Length: 2000\r\n")}) {
    FakeStream& stream = connect();
    stream.deliver(text);
    run();
    for (int i = 0; i < 9; ++i) {
      run(seconds{1});
      stream.deliver("x");
    }
    run(milliseconds{999});
    EXPECT_EQ(stream.written, "");
    run(milliseconds{1});
    EXPECT_EQ(take_answer(stream.written).status, 408);
    stream.peer_closes();
    run();
    EXPECT_FALSE(is_open(stream));
    EXPECT_FALSE(files.taking());
  }
}

TEST_F(WebConnections, EndWhoReadsNothing) {
  FakeStream& stream = connect();
  stream.write_room = 100;
  stream.deliver(request("GET /", gzip));
  run();
  EXPECT_EQ(stream.written.size(), 100U);
  run(http::answer_timeout - milliseconds{1});
  stream.write_room = 1;
  run();
  run(http::answer_timeout - milliseconds{1});
  EXPECT_TRUE(is_open(stream));
  run(milliseconds{1});
  EXPECT_FALSE(is_open(stream));
}

TEST_F(WebConnections, EndWhoAsksOnAndOnWithoutReading) {
  FakeStream& stream = connect();
  stream.write_room = 100;
  stream.deliver(request("GET /", gzip));
  run();
  EXPECT_TRUE(is_open(stream));
  stream.deliver(request("GET /", gzip));
  run();
  EXPECT_FALSE(is_open(stream));
}

TEST_F(WebConnections, SendAsRoomComes) {
  for (const char* path : {"/", "/api/state", "/api/login"}) {
    const HttpAnswer whole = ask(request(std::string{"GET "} + path, gzip));
    FakeStream& stream = connect();
    stream.written.clear();
    stream.write_room = 0;
    stream.deliver(request(std::string{"GET "} + path, gzip));
    run();
    for (int i = 0; i < 2000; ++i) {
      stream.write_room = 1;
      run();
    }
    stream.write_room = FakeStream::unlimited;
    EXPECT_EQ(take_answer(stream.written).body, whole.body) << path;
    stream.peer_closes();
    run();
  }
}

TEST_F(WebConnections, NoticeAPeerThatIsGone) {
  FakeStream& stream = connect();
  stream.write_room = 10;
  stream.deliver(request("GET /", gzip));
  run();
  stream.breaks();
  run();
  EXPECT_EQ(stream.state(), StreamState::closed);
  for (const char* text : {"", "GET /",
                           "POST /api/offer HTTP/1.1\r\nHost: lamp\r\nContent-Type: "
                           "application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\nkind"}) {
    FakeStream& other = connect();
    other.written.clear();
    other.deliver(text);
    other.peer_closes();
    run();
    EXPECT_FALSE(is_open(other)) << text;
    EXPECT_EQ(other.written, "");
  }
}

TEST_F(WebConnections, ThrowAwayWhatComesAfterARefusal) {
  FakeStream& stream = connect();
  EXPECT_EQ(say(stream, request("PUT /env.json", "Content-Length: 999999\r\n", "")).status, 413);
  for (int i = 0; i < 6; ++i) {
    stream.deliver(std::string(100000, 'x') + request("GET /api/reboot"));
    run(seconds{1});
    EXPECT_TRUE(is_open(stream));
    EXPECT_EQ(stream.inbound, "");
  }
  run(http::linger_timeout);
  EXPECT_FALSE(is_open(stream));
  EXPECT_EQ(system.reboots, 0);
}

TEST_F(WebConnections, DoNotThrowAwayForEver) {
  FakeStream& stream = connect();
  EXPECT_EQ(say(stream, "nonsense\r\n").status, 400);
  for (milliseconds time{0}; time < http::drain_timeout; time += milliseconds{500}) {
    EXPECT_TRUE(is_open(stream));
    stream.deliver("x");
    run(milliseconds{500});
  }
  EXPECT_FALSE(is_open(stream));
}

// Many at once

TEST_F(WebConnections, AreServedSideBySide) {
  FakeStream& first = connect(1);
  first.deliver("GET /api/login HTTP/1.1\r\nHo");
  run();
  FakeStream& second = connect(2);
  EXPECT_EQ(say(second, request("GET /api/login")).status, 200);
  EXPECT_EQ(say(first, "st: lamp\r\n\r\n").status, 200);
}

TEST_F(WebConnections, TheIdlestGivesWayToOneThatWaits) {
  std::array<FakeStream*, connection_count> streams{};
  for (FakeStream*& stream : streams) {
    stream = &connect();
    EXPECT_EQ(say(*stream, request("GET /api/login")).status, 200);
    now += milliseconds{50};
  }
  EXPECT_EQ(say(*streams[0], request("GET /api/login")).status, 200);  // so that the second is the idlest
  run(http::eviction_grace);
  EXPECT_TRUE(is_open(*streams[1]));  // nobody waits
  FakeStream& another = connect();
  EXPECT_EQ(&another, streams[1]);
  EXPECT_EQ(say(another, request("GET /api/login")).status, 200);
  EXPECT_EQ(another.closes, 1);
  EXPECT_TRUE(is_open(*streams[0]));
  EXPECT_TRUE(is_open(*streams[2]));
}

TEST_F(WebConnections, WhoHasJustComeOrIsBeingServedDoesNotGiveWay) {
  FakeStream& body = connect();
  body.deliver(request("PUT /env.json", "Content-Length: 5\r\n"));
  run();
  FakeStream& answering = connect();
  answering.write_room = 5;
  answering.deliver(request("GET /", gzip));
  run();
  now += http::eviction_grace;
  FakeStream& fresh = connect();
  plain.peer_connects(testing::test_endpoint(9, 1));
  run();
  EXPECT_TRUE(plain.someone_waits());
  EXPECT_TRUE(is_open(fresh));
  EXPECT_LE(board.loop(now), http::eviction_grace);  // it is looked at soon
  run(http::eviction_grace);
  EXPECT_FALSE(plain.someone_waits());
  EXPECT_EQ(fresh.closes, 1);
  EXPECT_EQ(body.closes + answering.closes, 0);
}

/// All connections do `bytes` and then whatever their time allows, but for one that waits.
class WebConnectionsGiveWay : public WebConnections,
                              public ::testing::WithParamInterface<std::string_view> {};

TEST_P(WebConnectionsGiveWay, WhateverTheyAreAt) {
  for (std::size_t i = 0; i < connection_count; ++i) {
    FakeStream& stream = connect();
    stream.write_room = 5;
    stream.deliver(GetParam());
    run();
  }
  plain.peer_connects(testing::test_endpoint(9, 1));
  run(http::eviction_grace);
  EXPECT_TRUE(plain.someone_waits());
  run(http::service_grace - http::eviction_grace);
  EXPECT_FALSE(plain.someone_waits());
}

INSTANTIATE_TEST_SUITE_P(States, WebConnectionsGiveWay,
                         ::testing::Values("GET / HTTP/1.1\r\nHost: lamp\r\nAccept-Encoding: gzip\r\n\r\n",
                                           "POST /api/login HTTP/1.1\r\nHost: lamp\r\nContent-Length: 5\r\n"
                                           "Content-Type: application/x-www-form-urlencoded\r\n\r\nx",
                                           "POST /update HTTP/1.1\r\nHost: lamp\r\nContent-Length: 500\r\n"
                                           "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"));

TEST_F(WebConnections, HaveOneAnswerEachWhenAnotherOneWaits) {
  std::array<FakeStream*, connection_count> streams{};
  for (FakeStream*& stream : streams) stream = &connect();
  EXPECT_EQ(say(*streams[0], request("GET /api/login")).status, 200);
  EXPECT_TRUE(is_open(*streams[0]));
  plain.peer_connects(testing::test_endpoint(9, 1));
  EXPECT_EQ(say(*streams[0], request("GET /api/login")).status, 200);
  EXPECT_EQ(streams[0]->closes, 1);
  EXPECT_FALSE(plain.someone_waits());
}

TEST_F(WebConnections, AThousandThatSayNothingKeepNobodyOut) {
  for (int i = 0; i < 1000; ++i) plain.peer_connects(testing::test_endpoint(7, 1));
  plain.peer_connects(testing::test_endpoint(8, 1));
  int turns{0};
  while (plain.someone_waits()) {
    run(http::eviction_grace);
    ++turns;
  }
  EXPECT_LE(turns, 1000 / static_cast<int>(connection_count) + 3);
  EXPECT_EQ(say(*plain.last_accepted, request("GET /api/login")).status, 200);
}

TEST_F(WebConnections, OneTurnDoesAtMostOnePieceOfEach) {
  FakeStream& stream = connect();
  stream.deliver(request("GET /api/state"));
  std::size_t before{0};
  for (int i = 0; i < 20; ++i) {
    before = stream.written.size();
    (void)board.loop(now);
    EXPECT_LE(stream.written.size() - before, http::answer_piece_bytes + 7);
  }
}

}  // namespace
}  // namespace airlift::web
