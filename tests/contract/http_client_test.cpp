// What CurlClient does over plain HTTP, against a server made of system calls.

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "airlift_posix/curl_client.hpp"
#include "support/http_exchange.hpp"
#include "support/scripted_server.hpp"

namespace airlift {
namespace {

using port::HttpClient;
using posix::CurlClient;
using testing::eventually;
using testing::Exchange;
using testing::ScriptedServer;
using testing::ServedConnection;
using State = HttpClient::State;

/// A port at which nobody listens: it is bound, so that nobody else gets it.
class DeafPort {
 public:
  DeafPort() : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    const auto any_port = posix::to_socket_address({*posix::parse_address("127.0.0.1"), 0, 0}, AF_INET);
    EXPECT_EQ(::bind(fd_.get(), any_port->get(), any_port->size), 0);
  }
  [[nodiscard]] std::string authority() const {
    return "127.0.0.1:" + std::to_string(posix::local_port_of(fd_.get()));
  }

 private:
  posix::UniqueFd fd_;
};

class HttpClientTest : public ::testing::Test {
 protected:
  /// The server answers every request with `answer`; heads_ are the requests.
  std::string serve(std::string answer) {
    server_.emplace([this, answer = std::move(answer)](ServedConnection& connection) {
      head_ = connection.read_head();
      connection.send(answer);
    });
    return "http://" + server_->authority() + "/f";
  }
  Exchange get(const HttpClient::Request& request, std::size_t step = 4096) {
    const Status started = client_.start(request);
    if (!started.ok()) return {started.error(), 0, ""};
    return testing::finish(client_, loop_, step);
  }
  Exchange get(const std::string& url, std::size_t step = 4096) {
    HttpClient::Request request;
    request.url = url;
    return get(request, step);
  }
  // Where no name server answers, one second tells as well as glibc's twenty.
  static void SetUpTestSuite() { ::setenv("RES_OPTIONS", "attempts:1 timeout:1", 1); }
  bool comes_to(State state) {
    return eventually(loop_, [&] { return client_.state() == state; });
  }
  /// Of the last connection that has ended.
  std::string head() {
    server_.reset();
    return head_;
  }

  std::string head_;
  std::optional<ScriptedServer> server_;
  posix::EventLoop loop_;
  CurlClient client_{loop_, "/"};
};

TEST_F(HttpClientTest, GivesStatusHeadersAndBody) {
  const std::string url = serve(
      "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nContent-Range: bytes 7-11/12\r\nETag: \"a b\"\r\n"
      "LAST-MODIFIED:Sun, 29 Nov 2026 20:00:00 GMT  \r\nRetry-After: 7\r\nContent-Encoding: identity\r\n"
      "X-Md5: 0123\r\nx-sha256: 4567\r\nX-Version: 1.2.3\r\n\r\nhello");
  HttpClient::Request request;
  request.url = url;
  ASSERT_TRUE(client_.start(request).ok());
  EXPECT_EQ(client_.state(), State::asking);
  ASSERT_TRUE(comes_to(State::responding));
  const HttpClient::Response& response = client_.response();
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.content_length, 5U);
  EXPECT_EQ(response.content_range, "bytes 7-11/12");
  EXPECT_EQ(response.etag, "\"a b\"");
  EXPECT_EQ(response.last_modified, "Sun, 29 Nov 2026 20:00:00 GMT");
  EXPECT_EQ(response.retry_after, "7");
  EXPECT_EQ(response.content_encoding, "identity");
  EXPECT_EQ(response.md5, "0123");
  EXPECT_EQ(response.sha256, "4567");
  EXPECT_EQ(response.version, "1.2.3");
  EXPECT_EQ(response.location, "");
  const Exchange exchange = testing::finish(client_, loop_, 2);
  EXPECT_EQ(exchange.error, UpdateError::none);
  EXPECT_EQ(exchange.body, "hello");
  EXPECT_EQ(client_.state(), State::idle);
  EXPECT_EQ(response.etag, "\"a b\"");  // until the next start()
}

TEST_F(HttpClientTest, SendsWhatItIsGivenAndLittleElse) {
  const std::string url = serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const std::array<HttpClient::Header, 3> headers{
      {{"User-Agent", "ESP8266-http-Update"}, {"x-empty", ""}, {"Range", "bytes=-768"}}};
  HttpClient::Request request;
  request.url = url;
  request.headers = headers;
  EXPECT_EQ(get(request).status, 200);
  const std::string authority = url.substr(7, url.size() - 9);
  EXPECT_EQ(head(), "GET /f HTTP/1.1\r\nHost: " + authority +
                        "\r\nUser-Agent: ESP8266-http-Update\r\nx-empty:\r\nRange: bytes=-768\r\n\r\n");
}

TEST_F(HttpClientTest, SendsCredentialsAsBasicOrBearer) {
  HttpClient::Request request;
  std::string url = serve("HTTP/1.1 204 None\r\n\r\n");
  request.url = url;
  request.credentials = "lamp:se:cret";
  EXPECT_EQ(get(request).status, 204);
  EXPECT_NE(head().find("\r\nAuthorization: Basic bGFtcDpzZTpjcmV0\r\n"), std::string::npos) << head_;
  url = serve("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
  request.url = url;
  request.credentials = "t0ken";
  EXPECT_EQ(get(request).status, 401);
  EXPECT_EQ(server_->connections(), 1);
  EXPECT_NE(head().find("\r\nAuthorization: Bearer t0ken\r\n"), std::string::npos) << head_;
}

TEST_F(HttpClientTest, RefusesWhatItCannotAsk) {
  for (const char* url : {"", "lamp", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://",
                          "http://user@127.0.0.1/", "http://user:secret@127.0.0.1/",
                          "http://127.0.0.1:99999/", "http://127.0.0.1/a b", "http://127.0.0.1/\n"}) {
    EXPECT_EQ(get(url).error, UpdateError::bad_response) << url;
    EXPECT_EQ(client_.state(), State::idle);
  }
  const std::string url = serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const std::array<HttpClient::Header, 1> smuggled{{{"x-name", "a\r\nx-other: b"}}};
  HttpClient::Request request;
  request.url = url;
  request.headers = smuggled;
  EXPECT_EQ(get(request).error, UpdateError::bad_response);
  request.headers = {};
  request.credentials = "a:b\r\nx-other: c";
  EXPECT_EQ(get(request).error, UpdateError::bad_response);
  request.credentials = {};
  for (const char* proxy : {"socks5://127.0.0.1:1", "https://127.0.0.1:1", "127.0.0.1:1", "http://a\nb:1"}) {
    request.proxy = proxy;
    EXPECT_EQ(get(request).error, UpdateError::bad_response) << proxy;
  }
  EXPECT_EQ(server_->connections(), 0);
}

TEST_F(HttpClientTest, FollowsNothingButTellsWhereItWouldLead) {
  struct Row {
    std::string location;
    std::string absolute;
  };
  const std::string far(300, 'x');
  for (const Row& row : {Row{"/g?h=1#i", "/g?h=1"}, Row{"g", "/g"}, Row{"//other/x", "http://other/x"},
                         Row{"https://other:8443/x", "https://other:8443/x"}, Row{"http://", ""},
                         Row{"http://u:p@other/x", "http://u:p@other/x"}, Row{"/" + far, ""}}) {
    const std::string url =
        serve("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + row.location + "\r\n\r\n");
    EXPECT_EQ(get(url).status, 302);
    const bool local = !row.absolute.empty() && row.absolute.front() == '/';
    EXPECT_EQ(client_.response().location, (local ? url.substr(0, url.size() - 2) : "") + row.absolute);
    EXPECT_EQ(server_->connections(), 1);
  }
}

TEST_F(HttpClientTest, PassesOverInterimAnswersAndTrailers) {
  const std::string url = serve(
      "HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nETag: \"late\"\r\n\r\n");
  const Exchange exchange = get(url);
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, "hello");
  EXPECT_EQ(client_.response().etag, "");
  EXPECT_FALSE(client_.response().content_length);
}

TEST_F(HttpClientTest, LeavesLongAndUnprintableValuesOut) {
  const std::string longest(HttpClient::longest_value_bytes, 'x');
  const std::string url = serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: " + longest +
                                "\r\nx-version: y" + longest + "\r\nx-MD5: \x1b[2J\r\n\r\n");
  EXPECT_EQ(get(url).status, 200);
  EXPECT_EQ(client_.response().etag, longest);
  EXPECT_EQ(client_.response().version, "");
  EXPECT_EQ(client_.response().md5, "");
}

TEST_F(HttpClientTest, GivesTheBodyAsItTravels) {
  const Exchange exchange =
      get(serve("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"));
  EXPECT_EQ(exchange.body, "nope");
  EXPECT_EQ(client_.response().content_encoding, "gzip");
}

TEST_F(HttpClientTest, TellsWhatIsNoAnswer) {
  const std::string many = "x-filler: " + std::string(1000, 'x') + "\r\n";
  std::string heap;
  for (int i = 0; i < 9; ++i) heap += many;
  struct Row {
    const char* what;
    std::string answer;
    UpdateError error;
  };
  const std::array<Row, 11> rows{{
      {"nothing", "", UpdateError::connection_lost},
      {"HTTP/0.9", "hello", UpdateError::bad_response},
      {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", UpdateError::bad_response},
      {"a cut head", "HTTP/1.1 200 OK\r\nContent-Le", UpdateError::connection_lost},
      {"many headers", "HTTP/1.1 200 OK\r\n" + heap + "\r\n", UpdateError::bad_response},
      {"many headers before", "HTTP/1.1 100 Go on\r\n" + heap + "\r\nHTTP/1.1 200 OK\r\n\r\n",
       UpdateError::bad_response},
      {"many headers behind", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + heap + "\r\n",
       UpdateError::bad_response},
      {"a long line", "HTTP/1.1 200 OK\r\nx: " + std::string(200000, 'x') + "\r\n\r\n",
       UpdateError::bad_response},
      {"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello",
       UpdateError::bad_response},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello",
       UpdateError::bad_response},
      {"a cut body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", UpdateError::connection_lost},
  }};
  for (const Row& row : rows) {
    const Exchange exchange = get(serve(row.answer));
    EXPECT_EQ(describe(exchange.error).name, describe(row.error).name) << row.what;
    EXPECT_EQ(client_.state(), State::failed) << row.what;
  }
}

TEST_F(HttpClientTest, GivesAllThatCameBeforeACut) {
  const std::string part(100000, 'p');
  const Exchange exchange = get(serve("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n" + part), 1000);
  EXPECT_EQ(exchange.error, UpdateError::connection_lost);
  EXPECT_EQ(exchange.body, part);
}

TEST_F(HttpClientTest, HoldsTheServerBackWhileNobodyReads) {
  constexpr std::size_t size{64U << 20U};
  constexpr std::size_t piece{1U << 16U};
  std::atomic<std::size_t> sent{0};
  server_.emplace([&](ServedConnection& connection) {
    connection.read_head();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    for (std::size_t i = 0; i < size / piece; ++i) {
      if (!connection.send(std::string(piece, static_cast<char>('a' + i % 26)))) return;
      sent += piece;
    }
  });
  const std::string url = "http://" + server_->authority();
  HttpClient::Request request;
  request.url = url;
  ASSERT_TRUE(client_.start(request).ok());
  ASSERT_TRUE(comes_to(State::responding));
  // The kernel's buffers fill; then nothing moves any more, however often the loop turns.
  std::size_t before{1};
  ASSERT_TRUE(eventually(loop_, [&] {
    for (int i = 0; i < 50; ++i) loop_.iterate(std::chrono::milliseconds{2});
    return std::exchange(before, sent.load()) == sent;
  }));
  EXPECT_LT(sent, size / 2);
  const Exchange exchange = testing::finish(client_, loop_);
  EXPECT_EQ(exchange.error, UpdateError::none);
  ASSERT_EQ(exchange.body.size(), size);
  for (std::size_t i = 0; i < size / piece; ++i) {
    ASSERT_EQ(exchange.body[i * piece], static_cast<char>('a' + i % 26));
    ASSERT_EQ(exchange.body[(i + 1) * piece - 1], static_cast<char>('a' + i % 26));
  }
}

TEST_F(HttpClientTest, TellsWhomItCannotReach) {
  EXPECT_EQ(get("http://" + DeafPort{}.authority()).error, UpdateError::no_connection);
  EXPECT_EQ(get("http://no-such-host.invalid./").error, UpdateError::name_not_found);
}

TEST_F(HttpClientTest, CanBeGivenUpInEachState) {
  server_.emplace([](ServedConnection& connection) {
    if (connection.read_head().find("/silent") == std::string::npos) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(50000, 'x'));
    }
    connection.wait_for_end();
  });
  const std::string silent = "http://" + server_->authority() + "/silent";
  const std::string open = "http://" + server_->authority() + "/open";
  HttpClient::Request request;
  client_.cancel();
  EXPECT_EQ(client_.state(), State::idle);
  for (const std::string& url : {silent, std::string{"http://no-such-host.invalid./"}, open, silent}) {
    request.url = url;
    ASSERT_TRUE(client_.start(request).ok());
    client_.cancel();  // before its first turn
    EXPECT_EQ(client_.state(), State::idle);
    ASSERT_TRUE(client_.start(request).ok());
    for (int i = 0; i < 3; ++i) loop_.iterate(std::chrono::milliseconds{1});
    client_.cancel();  // somewhere on its way
    EXPECT_EQ(client_.state(), State::idle);
    EXPECT_EQ(client_.response().status, 0);
  }
  request.url = open;
  ASSERT_TRUE(client_.start(request).ok());
  ASSERT_TRUE(comes_to(State::responding));
  ASSERT_TRUE(client_.start(request).ok());  // gives up the first
  EXPECT_EQ(client_.state(), State::asking);
  ASSERT_TRUE(comes_to(State::responding));
  client_.cancel();
  EXPECT_EQ(client_.state(), State::idle);
  EXPECT_EQ(get("http://" + DeafPort{}.authority()).error, UpdateError::no_connection);
  client_.cancel();
  EXPECT_EQ(client_.state(), State::idle);
  std::optional<CurlClient> short_lived{std::in_place, loop_, "/"};
  ASSERT_TRUE(short_lived->start(request).ok());
  ASSERT_TRUE(eventually(loop_, [&] { return short_lived->state() == State::responding; }));
  short_lived.reset();
  loop_.iterate(std::chrono::milliseconds{1});
}

/// A proxy that answers each head with `answer`.
class HttpClientProxyTest : public HttpClientTest {
 protected:
  Exchange get_through(const std::string& url, const std::string& answer) {
    proxy_.emplace([this, answer](ServedConnection& connection) {
      proxy_head_ = connection.read_head();
      connection.send(answer);
    });
    const std::string proxy = "http://" + proxy_->authority();
    HttpClient::Request request;
    request.url = url;
    request.proxy = proxy;
    request.credentials = "lamp:secret";
    request.trust.roots = HttpClient::Trust::Roots::none;  // no server gets that far: the system's cost time
    const Exchange exchange = get(request);
    proxy_.reset();
    return exchange;
  }

  std::string proxy_head_;
  std::optional<ScriptedServer> proxy_;
};

TEST_F(HttpClientProxyTest, CarriesPlainRequests) {
  const Exchange exchange =
      get_through("http://far.invalid/f", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, "hello");
  EXPECT_EQ(proxy_head_.find("GET http://far.invalid/f HTTP/1.1\r\nHost: far.invalid\r\n"), 0U)
      << proxy_head_;
}

TEST_F(HttpClientProxyTest, MayRefuse) {
  const std::string refusal =
      "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(get_through("http://far.invalid/f", refusal).error, UpdateError::proxy_failed);
  for (const std::string& answer :
       {refusal, std::string{"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"}, std::string{},
        std::string{"nonsense\r\n\r\n"}}) {
    EXPECT_EQ(get_through("https://far.invalid/f", answer).error, UpdateError::proxy_failed) << answer;
    EXPECT_EQ(proxy_head_.find("CONNECT far.invalid:443 HTTP/1.1\r\nHost: far.invalid:443\r\n"), 0U)
        << proxy_head_;
    EXPECT_EQ(proxy_head_.find("Authorization: Basic"), std::string::npos) << proxy_head_;
  }
}

TEST_F(HttpClientProxyTest, MayBeOutOfReach) {
  HttpClient::Request request;
  request.url = "http://127.0.0.1/f";
  for (const std::string& proxy :
       {"http://" + DeafPort{}.authority(), std::string{"http://no-such-host.invalid.:1"}}) {
    request.proxy = proxy;
    EXPECT_EQ(get(request).error, UpdateError::proxy_failed) << proxy;
  }
}

TEST_F(HttpClientProxyTest, OfTheEnvironmentDoesNotCount) {
  const std::string deaf = "http://" + DeafPort{}.authority();
  for (const char* name : {"http_proxy", "all_proxy"}) ::setenv(name, deaf.c_str(), 1);
  ::setenv("no_proxy", "*", 1);
  EXPECT_EQ(get(serve("HTTP/1.1 204 None\r\n\r\n")).status, 204);
  EXPECT_EQ(get_through("http://far.invalid/f", "HTTP/1.1 204 None\r\n\r\n").status, 204);
  for (const char* name : {"http_proxy", "all_proxy", "no_proxy"}) ::unsetenv(name);
}

}  // namespace
}  // namespace airlift
