// What every HttpClient does: libcurl's, and the one that the pull client is tested with.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "airlift_posix/curl_client.hpp"
#include "support/fake_http_client.hpp"
#include "support/http_exchange.hpp"
#include "support/scripted_server.hpp"

namespace airlift {
namespace {

using port::HttpClient;
using testing::Exchange;
using testing::FakeHttpClient;
using testing::HttpGiven;
using State = HttpClient::State;

template <FakeHttpClient::End end>
class FakeNet {
 public:
  explicit FakeNet(posix::EventLoop& /*loop*/) { client_.end = end; }
  std::string serve(const HttpGiven& given) {
    client_.server = [given](const testing::HttpAsked&) { return given; };
    return "http://lamp.example/f";
  }
  HttpClient& client() { return client_; }

 private:
  FakeHttpClient client_;
};

class CurlNet {
 public:
  explicit CurlNet(posix::EventLoop& loop) : client_{loop, "/"} {}
  std::string serve(const HttpGiven& given) {
    server_.emplace([given](testing::ServedConnection& connection) {
      connection.read_head();
      if (given.no_head != UpdateError::none) return;
      if (!given.silent) {
        connection.send("HTTP/1.1 " + std::to_string(given.status) + " x\r\nETag: " + given.etag +
                        "\r\nContent-Length: " + std::to_string(given.body.size()) + "\r\n\r\n" +
                        given.body.substr(0, std::min(given.cut_after, given.held_after)));
      }
      if (given.silent || given.held_after != HttpGiven::all) connection.wait_for_end();
    });
    return "http://" + server_->authority() + "/f";
  }
  HttpClient& client() { return client_; }

 private:
  std::optional<testing::ScriptedServer> server_;
  posix::CurlClient client_;
};

template <typename Net>
class HttpClientContract : public ::testing::Test {
 protected:
  HttpClient& client() { return net_.client(); }
  void start(const HttpGiven& given) {
    const std::string url = net_.serve(given);
    HttpClient::Request request;
    request.url = url;
    ASSERT_TRUE(client().start(request).ok());
    EXPECT_EQ(client().response().status, 0);
  }
  bool comes_to(State state) {
    return testing::eventually(loop_, [&] { return client().state() == state; });
  }
  /// Starts, and waits for the head.
  void open(const HttpGiven& given) {
    start(given);
    ASSERT_TRUE(comes_to(State::responding));
  }
  /// Reads until so much is there.
  std::string read(std::size_t bytes) {
    std::string all;
    std::array<std::uint8_t, 16> buffer{};
    EXPECT_TRUE(testing::eventually(loop_, [&] {
      const auto read =
          client().read(MutableBytes{buffer}.first(std::min(buffer.size(), bytes - all.size())));
      if (read.ok()) all += as_text(Bytes{buffer}.first(read.value().count));
      return !read.ok() || all.size() == bytes;
    }));
    return all;
  }
  Exchange finish(std::size_t step = 4096) { return testing::finish(client(), loop_, step); }
  void expect_idle_and_empty() {
    EXPECT_EQ(client().state(), State::idle);
    EXPECT_EQ(client().response().status, 0);
    EXPECT_EQ(client().response().etag, "");
  }

  posix::EventLoop loop_;
  Net net_{loop_};
};
using Nets = ::testing::Types<CurlNet, FakeNet<FakeHttpClient::End::alone>,
                              FakeNet<FakeHttpClient::End::with_last_bytes>>;
TYPED_TEST_SUITE(HttpClientContract, Nets);

HttpGiven hello() {
  HttpGiven given;
  given.etag = "\"v1\"";
  given.body = "hello, lamp";
  return given;
}

TYPED_TEST(HttpClientContract, IsIdleAtFirst) {
  this->expect_idle_and_empty();
  this->client().cancel();
  this->expect_idle_and_empty();
}

TYPED_TEST(HttpClientContract, IsIdleAfterTheBodyAndKeepsTheHead) {
  for (const std::size_t step : {1U, 4U, 11U, 4096U}) {
    this->open(hello());
    EXPECT_EQ(this->client().response().status, 200);
    EXPECT_EQ(this->client().response().etag, "\"v1\"");
    EXPECT_EQ(this->finish(step).body, "hello, lamp");
    EXPECT_EQ(this->client().state(), State::idle);
    EXPECT_EQ(this->client().response().etag, "\"v1\"");
  }
  this->client().cancel();
  this->expect_idle_and_empty();
}

TYPED_TEST(HttpClientContract, HasTheEndOfAnEmptyBodyRead) {
  HttpGiven given = hello();
  given.body = "";
  this->open(given);
  for (int i = 0; i < 10; ++i) this->loop_.iterate(std::chrono::milliseconds{1});
  EXPECT_EQ(this->client().state(), State::responding);
  const Exchange exchange = this->finish();
  EXPECT_EQ(exchange.error, UpdateError::none);
  EXPECT_EQ(exchange.body, "");
  EXPECT_EQ(this->client().state(), State::idle);
}

TYPED_TEST(HttpClientContract, GivesNothingWhileNothingComes) {
  HttpGiven given = hello();
  given.held_after = 5;
  this->open(given);
  EXPECT_EQ(this->read(5), "hello");
  std::array<std::uint8_t, 16> buffer{};
  for (int i = 0; i < 10; ++i) {
    this->loop_.iterate(std::chrono::milliseconds{1});
    const auto read = this->client().read(buffer);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read.value().count, 0U);
    EXPECT_FALSE(read.value().end_of_body);
    EXPECT_EQ(this->client().state(), State::responding);
  }
}

TYPED_TEST(HttpClientContract, TellsACutAfterAllThatCame) {
  for (const std::size_t cut : {0U, 1U, 10U}) {
    HttpGiven given = hello();
    given.cut_after = cut;
    this->open(given);
    for (int i = 0; i < 10; ++i) this->loop_.iterate(std::chrono::milliseconds{1});
    EXPECT_EQ(this->client().state(), State::responding);  // it has not been read
    const Exchange exchange = this->finish(4);
    EXPECT_EQ(exchange.body, given.body.substr(0, cut));
    EXPECT_EQ(exchange.error, UpdateError::connection_lost);
    EXPECT_EQ(this->client().state(), State::failed);
  }
  this->open(hello());  // ends `failed`
  EXPECT_EQ(this->finish().body, "hello, lamp");
}

TYPED_TEST(HttpClientContract, FailsWithoutAHead) {
  HttpGiven given;
  given.no_head = UpdateError::connection_lost;
  this->start(given);
  ASSERT_TRUE(this->comes_to(State::failed));
  EXPECT_EQ(this->client().error(), UpdateError::connection_lost);
  EXPECT_EQ(this->client().response().status, 0);
  this->client().cancel();
  this->expect_idle_and_empty();
}

TYPED_TEST(HttpClientContract, CanBeGivenUpAndStartedAnewWhileItAsksAndReads) {
  HttpGiven silent;
  silent.silent = true;
  HttpGiven held = hello();
  held.held_after = 5;
  this->start(silent);
  EXPECT_EQ(this->client().state(), State::asking);
  this->client().cancel();
  this->expect_idle_and_empty();
  this->open(held);
  this->client().cancel();
  this->expect_idle_and_empty();
  this->start(silent);
  this->open(held);
  EXPECT_EQ(this->read(2), "he");
  this->start(silent);
  EXPECT_EQ(this->client().state(), State::asking);
  this->open(hello());
  EXPECT_EQ(this->finish().body, "hello, lamp");
}

}  // namespace
}  // namespace airlift
