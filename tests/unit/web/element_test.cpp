// The web element as a part of the board: its ports, HTTPS, mDNS, values and events.

#include <gtest/gtest.h>

#include "airlift/http/limits.hpp"
#include "support/web_rig.hpp"

namespace airlift::web {
namespace {

using testing::FakeStream;
using testing::HttpAnswer;
using testing::request;
using testing::take_answer;

class Web : public ::testing::Test, protected testing::WebRig {
 protected:
  FakeStream& connect_encrypted() {
    encrypted.peer_connects(testing::test_endpoint(1, 40000));
    run();
    return *encrypted.last_accepted;
  }
};

// Ports

TEST_F(Web, ListensOnPort80) {
  start();
  EXPECT_EQ(plain.listening_port, 80);
  EXPECT_FALSE(encrypted.listening_port);
  EXPECT_EQ(web.listening_port(), 80);
  EXPECT_EQ(web.listening_tls_port(), 0);
}

TEST_F(Web, FallsBackWithoutRightsAndSaysSo) {
  plain.forbidden_port = 80;
  start();
  EXPECT_EQ(plain.listening_port, 8080);
  EXPECT_EQ(web.listening_port(), 8080);
  EXPECT_TRUE(
      log.contains(port::LogLevel::warning, "http: cannot listen on TCP port 80, listening on port 8080"));
}

TEST_F(Web, TriesAPortThatWasChosenAgain) {
  set("web", "port", "8123");
  plain.forbidden_port = 8123;
  start();
  EXPECT_FALSE(plain.listening_port);
  EXPECT_TRUE(
      log.contains(port::LogLevel::warning, "http: cannot listen on TCP port 8123, trying again every 5 s"));
  plain.forbidden_port.reset();
  run(seconds{5} - milliseconds{1});
  EXPECT_FALSE(plain.listening_port);
  EXPECT_EQ(http_advertiser.state(), port::Advertiser::State::silent);
  run(milliseconds{1});
  EXPECT_EQ(plain.listening_port, 8123);
  EXPECT_EQ(web.listening_port(), 8123);
  EXPECT_EQ(http_advertiser.port, 8123);
}

TEST_F(Web, ChecksItsProperties) {
  for (const auto& [property, value] : {std::pair{"port", "0"},
                                        {"port", "65536"},
                                        {"port", "x"},
                                        {"tls_port", "0"},
                                        {"tls", "maybe"},
                                        {"cert", ""}}) {
    const bool fine = web.set(property, value) == element::SetResult::ok;
    EXPECT_EQ(fine, std::string_view{property} == "cert") << property << value;
  }
  EXPECT_EQ(web.set("cert", std::string(256, 'x')), element::SetResult::bad_value);
  EXPECT_EQ(web.set("nothing", "x"), element::SetResult::unknown_property);
}

// HTTPS

TEST_F(Web, OffersHttpsBesideHttp) {
  set("web", "tls", "on");
  set("web", "cert", "c.pem");
  set("web", "key", "k.pem");
  set("ota", "passwd", "secret");
  start();
  EXPECT_EQ(encrypted.listening_port, 443);
  EXPECT_EQ(identity.opened_certificate, "c.pem");
  EXPECT_EQ(identity.opened_key, "k.pem");
  EXPECT_EQ(identity.opened_name, "lamp");
  EXPECT_TRUE(log.contains("HTTPS certificate, SHA-256 AB:CD"));
  const HttpAnswer answer =
      say(connect_encrypted(),
          request("POST /api/login",
                  "Content-Type: application/x-www-form-urlencoded\r\nOrigin: https://lamp.local\r\n",
                  "password=secret"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.header("Set-Cookie").find("; Secure"), std::string::npos);
  EXPECT_EQ(ask(request("GET /api/login")).status, 200);
}

TEST_F(Web, RedirectsWhereOnlyHttpsIsWanted) {
  set("web", "tls", "only");
  encrypted.forbidden_port = 443;
  start();
  EXPECT_EQ(web.listening_tls_port(), 8443);
  const HttpAnswer answer = ask(request("GET /api/state?a=b"));
  EXPECT_EQ(answer.status, 308);
  EXPECT_EQ(answer.header("Location"), "https://lamp.local:8443/api/state?a=b");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").header("Location"), "https://[::1]:8443/");
  EXPECT_EQ(ask(request("GET /" + std::string(600, 'x'))).header("Location"), "https://lamp.local:8443/");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: evil.com\r\n\r\n").status, 421);
  EXPECT_EQ(ask(testing::upload("x")).status, 308);
  EXPECT_EQ(say(connect_encrypted(), request("GET /api/state")).status, 200);
}

TEST_F(Web, ChangesThingsByHttpsWhereProtectionIsRequired) {
  set("ota", "encryption", "required");
  set("web", "tls", "on");
  start();
  EXPECT_EQ(ask(request("POST /api/reboot")).status, 403);
  EXPECT_EQ(say(connect_encrypted(), request("POST /api/reboot")).status, 200);
}

TEST_F(Web, NeverFallsBackToPlainAnswers) {
  set("web", "tls", "onyl");
  identity.error = UpdateError::key_unreadable;
  encrypted.listen_error = UpdateError::tls_failed;
  start();
  EXPECT_TRUE(log.contains(port::LogLevel::error, "no HTTPS: "));
  EXPECT_EQ(ask(request("GET /api/state")).status, 308);
}

// mDNS

TEST_F(Web, IsAdvertised) {
  set("device", "title", "Lamp's page");
  set("device", "room", "hall");
  plain.forbidden_port = 80;
  start();
  EXPECT_EQ(http_advertiser.type, "_http._tcp");
  EXPECT_EQ(http_advertiser.port, 8080);
  EXPECT_EQ(http_advertiser.txt, (std::map<std::string, std::string>{{"path", "/"}}));
  EXPECT_EQ(homeding_advertiser.type, "_homeding._tcp");
  EXPECT_EQ(homeding_advertiser.port, 8080);
  EXPECT_EQ(homeding_advertiser.txt,
            (std::map<std::string, std::string>{{"path", "/"}, {"title", "Lamp's page"}, {"room", "hall"}}));
  board.stop();
  EXPECT_EQ(http_advertiser.withdrawals, 1);
  EXPECT_EQ(homeding_advertiser.withdrawals, 1);
}

TEST_F(Web, IsNotAdvertisedWhereThatIsOff) {
  set("device", "sd", "false");
  start();
  EXPECT_EQ(http_advertiser.state(), port::Advertiser::State::silent);
  EXPECT_EQ(homeding_advertiser.state(), port::Advertiser::State::silent);
}

TEST_F(Web, SaysWhenMdnsCannotBeUsed) {
  homeding_advertiser.advertise_fails = true;
  start();
  EXPECT_TRUE(log.contains(port::LogLevel::warning, "reachable by its address only"));
}

// The page's cache

TEST_F(Web, SendsThePageOnce) {
  start();
  const auto page = [this](std::string_view headers) { return ask(request("GET /", headers)); };
  const HttpAnswer same = page("Accept-Encoding: gzip\r\nIf-None-Match: \"etag\"\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(same.header("ETag"), "\"etag\"");
  EXPECT_EQ(page("Accept-Encoding: gzip\r\nIf-None-Match: \"old\"\r\n").status, 200);
  EXPECT_EQ(page("Accept-Encoding: gzip\r\n").header("Cache-Control"), "no-cache");
  for (const char* accepted : {"*", "br, GZIP", "deflate,gzip;q=0.5"}) {
    EXPECT_EQ(page(std::string{"Accept-Encoding: "} + accepted + "\r\n").status, 200) << accepted;
  }
  for (const char* accepted : {"", "br", "gzip;q=0", "xgzip", "identity"}) {
    EXPECT_EQ(page(std::string{"Accept-Encoding: "} + accepted + "\r\n").status, 406) << accepted;
  }
  EXPECT_EQ(page("").status, 406);
}

// What it shows

TEST_F(Web, DescribesTheSystem) {
  set("web", "tls", "on");
  system_info.addresses = {testing::test_endpoint(5, 0).address, testing::test_endpoint(6, 0).address};
  start();
  EXPECT_EQ(
      ask(request("GET /api/sysinfo")).body,
      R"({"name":"lamp","board":"board-id","version":"1.2.3","uptime":"42","addresses":"192.0.2.5 192.0.2.6",)"
      R"("free":"5000000000","fingerprint":"AB:CD"})");
  EXPECT_EQ(ask(request("GET /api/elements")).body, R"(["device","ota","web"])");
}

TEST_F(Web, DescribesTheSystemWhateverItsNumberOfAddresses) {
  for (int i = 0; i < 100; ++i) system_info.addresses.push_back({{0xFE, 0x80}});
  start();
  std::string six;
  for (int i = 0; i < 6; ++i) six += " fe80:0000:0000:0000:0000:0000:0000:0000";
  EXPECT_NE(ask(request("GET /api/sysinfo")).body.find("\"addresses\":\"" + six.substr(1) + "\""),
            std::string::npos);
}

/// An element with as many values as one likes.
class Chatty final : public element::Element {
 public:
  std::vector<std::pair<std::string, std::string>> shown;
  std::vector<std::string> acts;
  int left_before_shrinking{-1};

 private:
  element::SetResult do_set(std::string_view, std::string_view) override { return element::SetResult::ok; }
  void do_start(element::Board&, Instant) override {}
  milliseconds do_loop(Instant) override { return element::idle_wait; }
  void do_stop() override {}
  void do_values(element::ValueSink& sink) override {
    if (left_before_shrinking-- == 0) shown.resize(1);
    for (const auto& [key, value] : shown) sink.value(key, value);
  }
  element::SetResult do_act(std::string_view name, std::string_view value) override {
    if (name == "bad") return element::SetResult::bad_value;
    acts.push_back(std::string{name}.append("=").append(value));
    return element::SetResult::ok;
  }
};

class WebValues : public Web {
 protected:
  void SetUp() override {
    ASSERT_TRUE(registry.add("chatty", chatty, element::Presence::always));
    ASSERT_TRUE(registry.add("chatty", unclaimed, element::Presence::when_configured));
  }
  static std::string object(const std::vector<std::pair<std::string, std::string>>& values) {
    std::string text{"{"};
    for (const auto& [key, value] : values) {
      text += (text.size() > 1 ? ",\"" : "\"") + key + "\":\"" + value + "\"";
    }
    return text + "}";
  }

  Chatty chatty;
  Chatty unclaimed;
};

TEST_F(WebValues, AreShownHoweverManyThereAre) {
  for (const std::size_t count : {0U, 1U, 5U, 100U, 500U}) {
    chatty.shown.clear();
    for (std::size_t i = 0; i < count; ++i)
      chatty.shown.emplace_back("key" + std::to_string(i), std::string(i % 256, 'v'));
    start();
    const std::string all = object(chatty.shown);
    EXPECT_EQ(ask(request("GET /api/state/chatty/0")).body, "{\"chatty/0\":" + all + "}");
    EXPECT_EQ(ask(request("GET /api/state/CHATTY/0")).status, 200);
    const std::string state = ask(request("GET /api/state")).body;
    EXPECT_EQ(state.substr(0, 13), "{\"device/0\":{");
    const std::string last = "\"web/0\":{\"active\":\"true\"},\"chatty/0\":" + all + "}";
    ASSERT_GT(state.size(), last.size());
    EXPECT_EQ(state.substr(state.size() - last.size()), last);
  }
}

TEST_F(WebValues, AreCutToTheirLimits) {
  chatty.shown = {{std::string(100, '"'), std::string(1000, '"')}};
  start();
  std::string key, value;
  for (std::size_t i = 0; i < element::longest_key_bytes; ++i) key += "\\\"";
  for (std::size_t i = 0; i < element::longest_value_bytes; ++i) value += "\\\"";
  EXPECT_EQ(ask(request("GET /api/state/chatty/0")).body,
            R"({"chatty/0":{")" + key + R"(":")" + value + "\"}}");
}

TEST_F(WebValues, StayWellFormedWhenTheyGoAwayMeanwhile) {
  for (int calls = 0; calls < 12; ++calls) {
    chatty.shown.assign(50, {"key", std::string(100, 'v')});
    chatty.left_before_shrinking = calls;
    start();
    const std::string body = ask(request("GET /api/state")).body;
    EXPECT_EQ(std::count(body.begin(), body.end(), '{'), 5);
    EXPECT_EQ(std::count(body.begin(), body.end(), '}'), 5);
    EXPECT_EQ(body.substr(body.size() - 3), "\"}}");
  }
}

TEST_F(WebValues, TakeActions) {
  start();
  EXPECT_EQ(ask(request("GET /api/state/chatty/0?value=a%20b+c&on=")).status, 200);
  EXPECT_EQ(chatty.acts, (std::vector<std::string>{"value=a b c", "on="}));
  for (const char* query : {"bad=1", "x=%4", "%zz=1"}) {
    EXPECT_EQ(ask(request(std::string{"GET /api/state/chatty/0?"} + query)).status, 400) << query;
  }
  EXPECT_EQ(ask(request("GET /api/state/chatty/0?x=" + std::string(257, 'x'))).status, 400);
  EXPECT_EQ(ask(request("GET /api/state/chatty/1?on=1")).status, 404);
  EXPECT_EQ(chatty.acts.size(), 2U);
}

// Events

class WebEvents : public Web {
 protected:
  /// The data of the events that came on this stream since the last call.
  std::vector<std::string> events_of(FakeStream& stream) {
    std::string text = stream.written;
    stream.written.clear();
    if (const std::size_t head = text.find("\r\n\r\n"); text.substr(0, 5) == "HTTP/") text.erase(0, head + 4);
    std::string all;
    while (!text.empty()) {
      const std::size_t size = std::stoul(text, nullptr, 16);
      all += text.substr(text.find("\r\n") + 2, size);
      text.erase(0, text.find("\r\n") + 4 + size);
    }
    std::vector<std::string> events;
    constexpr std::string_view start{"event: state\ndata: "};
    while (!all.empty()) {
      EXPECT_EQ(all.substr(0, start.size()), start);
      const std::size_t end = all.find("\n\n");
      events.push_back(all.substr(start.size(), end - start.size()));
      all.erase(0, end + 2);
    }
    return events;
  }
  FakeStream& listen() {
    FakeStream& stream = connect();
    stream.written.clear();
    stream.deliver(request("GET /api/events"));
    run();
    return stream;
  }
};

TEST_F(WebEvents, TellTheStateAtOnceAndWhenItChanges) {
  start();
  FakeStream& stream = listen();
  EXPECT_NE(stream.written.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  const auto first = events_of(stream);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0], ask(request("GET /api/state/ota/0")).body);
  run(seconds{100});
  EXPECT_EQ(events_of(stream).size(), 0U);
  ota.stop();  // its values change
  run(seconds{1});
  const auto second = events_of(stream);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_NE(first[0], second[0]);
}

TEST_F(WebEvents, AreSentFourTimesASecondAtMost) {
  start();
  FakeStream& stream = listen();
  (void)events_of(stream);
  run(http::event_interval - milliseconds{1});
  ota.stop();
  run();
  EXPECT_EQ(events_of(stream).size(), 0U);
  run(milliseconds{1});
  EXPECT_EQ(events_of(stream).size(), 1U);
}

TEST_F(WebEvents, GoToTwoAtMost) {
  start();
  FakeStream& first = listen();
  FakeStream& second = listen();
  FakeStream& third = listen();
  EXPECT_EQ(events_of(first).size(), 1U);
  EXPECT_EQ(events_of(second).size(), 1U);
  EXPECT_EQ(take_answer(third.written).status, 503);
  first.peer_closes();
  run(seconds{1});
  EXPECT_EQ(first.state(), port::Stream::State::closed);
  EXPECT_EQ(events_of(listen()).size(), 1U);
}

TEST_F(WebEvents, DoNotGiveWayAndThrowAwayWhatThePeerSays) {
  start();
  FakeStream& stream = listen();
  for (int i = 0; i < 10; ++i) {
    stream.deliver(request("GET /api/reboot"));
    run(seconds{5});
    (void)connect();
  }
  EXPECT_EQ(stream.state(), port::Stream::State::open);
  EXPECT_EQ(stream.inbound, "");
  EXPECT_EQ(system.reboots, 0);
}

TEST_F(WebEvents, EndForWhoReadsNothing) {
  start();
  FakeStream& stream = connect();
  stream.write_room = 10;
  stream.deliver(request("GET /api/events"));
  run();
  run(http::answer_timeout);
  EXPECT_EQ(stream.state(), port::Stream::State::closed);
  stream.write_room = FakeStream::unlimited;
  EXPECT_EQ(events_of(listen()).size(), 1U);
}

}  // namespace
}  // namespace airlift::web
