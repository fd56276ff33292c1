// Whom CurlClient trusts: each case of docs/design/pull.md, "Whom it trusts", with certificates that the
// openssl program has made.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

#include "airlift_posix/curl_client.hpp"
#include "support/http_exchange.hpp"
#include "support/openssl_program.hpp"
#include "support/scripted_server.hpp"

namespace airlift {
namespace {

using port::HttpClient;
using testing::Exchange;
using testing::ScriptedServer;
using testing::ServedConnection;
using testing::TlsOffer;
using Pin = HttpClient::Pin;
using Roots = HttpClient::Trust::Roots;

/// Certificates for all tests: making them takes longer than the tests.
class Certificates {
 public:
  Certificates() {
    program_.make_ec("root", "P-256");
    program_.run("req -x509 -new -key root.pem -subj /CN=root -days 30 -out root.crt");
    make_self_signed("alone", "subjectAltName=IP:127.0.0.1");
    make_issued("good", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days 30");
    make_issued("other-name", "subjectAltName=DNS:elsewhere.example,IP:127.0.0.2", "-days 30");
    make_issued("expired", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days -1");
    make_issued("for-clients", "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=clientAuth",
                "-days 30");
  }
  [[nodiscard]] std::string file(const std::string& name) const { return program_.folder() / name; }
  [[nodiscard]] Pin certificate_pin(const std::string& name) {
    return pin("x509 -in " + name + ".crt -outform DER");
  }
  [[nodiscard]] Pin key_pin(const std::string& name) {
    return pin("pkey -in " + name + ".pem -pubout -outform DER");
  }

 private:
  void make_self_signed(const std::string& name, const std::string& extension) const {
    program_.make_ec(name, "P-256");
    program_.run("req -x509 -new -key " + name + ".pem -subj /CN=" + name + " -addext '" + extension +
                 "' -days 30 -out " + name + ".crt");
  }
  void make_issued(const std::string& name, const std::string& extensions, const std::string& days) const {
    program_.make_ec(name, "P-256");
    (void)program_.folder().write("extensions", extensions + "\n");
    program_.run("req -new -key " + name + ".pem -subj /CN=" + name + " -out " + name + ".csr");
    program_.run("x509 -req -in " + name +
                 ".csr -CA root.crt -CAkey root.pem -CAcreateserial -extfile extensions " + days + " -out " +
                 name + ".crt");
  }
  [[nodiscard]] Pin pin(const std::string& what) {
    if (const auto known = pins_.find(what); known != pins_.end()) return known->second;
    program_.shell("openssl " + what + " | openssl dgst -sha256 -binary > pin");
    const std::string text = program_.read("pin");
    Pin pin{};
    EXPECT_EQ(text.size(), pin.size());
    std::copy_n(text.begin(), pin.size(), pin.begin());
    return pins_[what] = pin;
  }

  testing::OpensslProgram program_;
  std::map<std::string, Pin> pins_;
};

class HttpClientTlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { certificates_ = new Certificates; }
  static void TearDownTestSuite() { delete certificates_; }

  void serve(const std::string& certificate, int lowest = TLS1_2_VERSION, int highest = TLS1_3_VERSION) {
    server_.reset();
    const auto context =
        testing::tls_server_context({certificates_->file(certificate + ".crt"),
                                     certificates_->file(certificate + ".pem"), lowest, highest});
    server_.emplace([this, context](ServedConnection& connection) {
      if (!connection.start_tls(context.get())) return;
      if (!connection.read_head().empty()) ++requests_;
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    });
  }
  /// `ok`, or the error's name.
  std::string ask(Roots roots, const std::string& ca, const std::vector<Pin>& pins = {},
                  const std::string& host = "127.0.0.1") {
    const std::string url = "https://" + server_->authority(host) + "/f";
    HttpClient::Request request;
    request.url = url;
    request.credentials = "lamp:secret";
    request.trust.roots = roots;
    request.trust.ca = ca;
    request.trust.pins = {pins.data(), pins.size()};
    const int before = requests_;
    const Status started = client_.start(request);
    if (!started.ok()) return std::string{describe(started.error()).name};
    const Exchange exchange = testing::finish(client_, loop_);
    if (exchange.error != UpdateError::none) {
      EXPECT_EQ(requests_, before) << "a server that is not trusted has got the request";
      return std::string{describe(exchange.error).name};
    }
    EXPECT_EQ(exchange.body, "hello");
    return "ok";
  }
  [[nodiscard]] static std::string root() { return certificates_->file("root.crt"); }

  inline static Certificates* certificates_{nullptr};
  std::atomic<int> requests_{0};  ///< that have come through TLS
  std::optional<ScriptedServer> server_;
  posix::EventLoop loop_;
  posix::CurlClient client_{loop_, certificates_->file("")};
};

TEST_F(HttpClientTlsTest, FileOfRoots) {
  serve("good");
  EXPECT_EQ(ask(Roots::file, root()), "ok");
  EXPECT_EQ(ask(Roots::file, root(), {}, "localhost"), "ok");
  EXPECT_EQ(ask(Roots::file, "root.crt"), "ok");
  EXPECT_EQ(ask(Roots::file, certificates_->file("good.crt")), "ok");  // the server's own is enough
  EXPECT_EQ(ask(Roots::file, certificates_->file("alone.crt")), "certificate_untrusted");
  serve("other-name");
  EXPECT_EQ(ask(Roots::file, root()), "certificate_other_name");
  EXPECT_EQ(ask(Roots::file, root(), {}, "localhost"), "certificate_other_name");
  serve("expired");
  EXPECT_EQ(ask(Roots::file, root()), "certificate_expired");
  serve("for-clients");
  EXPECT_EQ(ask(Roots::file, root()), "certificate_untrusted");
  serve("alone");
  EXPECT_EQ(ask(Roots::file, certificates_->file("alone.crt")), "ok");
  EXPECT_EQ(ask(Roots::file, root()), "certificate_untrusted");
}

TEST_F(HttpClientTlsTest, FileOfRootsThatCannotBeUsedTrustsNobody) {
  serve("good");
  for (const char* name : {"missing.crt", "root.pem", "extensions", ""}) {
    EXPECT_EQ(ask(Roots::file, certificates_->file(name)), "key_unreadable") << name;
  }
  EXPECT_EQ(ask(Roots::file, ""), "key_unreadable");
  EXPECT_EQ(server_->connections(), 0);
}

TEST_F(HttpClientTlsTest, RootsOfTheSystem) {
  serve("good");
  EXPECT_EQ(ask(Roots::system, ""), "certificate_untrusted");
  ::setenv("SSL_CERT_FILE", root().c_str(), 1);
  EXPECT_EQ(ask(Roots::system, ""), "ok");
  EXPECT_EQ(ask(Roots::system, certificates_->file("alone.crt")), "ok");  // that is not looked at
  serve("other-name");
  EXPECT_EQ(ask(Roots::system, ""), "certificate_other_name");
  ::unsetenv("SSL_CERT_FILE");
}

TEST_F(HttpClientTlsTest, PinAlone) {
  for (const char* name : {"alone", "good", "other-name", "expired", "for-clients"}) {
    serve(name);
    EXPECT_EQ(ask(Roots::none, "", {certificates_->certificate_pin(name)}), "ok") << name;
    EXPECT_EQ(ask(Roots::none, "", {certificates_->key_pin("root"), certificates_->key_pin(name)}), "ok")
        << name;
    EXPECT_EQ(ask(Roots::none, "", {Pin{}, certificates_->certificate_pin("root")}),
              "certificate_not_pinned");
  }
  Pin almost = certificates_->key_pin("for-clients");
  almost.back() ^= 1U;
  EXPECT_EQ(ask(Roots::none, "", {almost}), "certificate_not_pinned");
}

TEST_F(HttpClientTlsTest, NeitherRootsNorPinsTrustNobody) {
  serve("good");
  ::setenv("SSL_CERT_FILE", root().c_str(), 1);
  EXPECT_EQ(ask(Roots::none, ""), "certificate_untrusted");
  EXPECT_EQ(ask(Roots::none, root()), "certificate_untrusted");
  ::unsetenv("SSL_CERT_FILE");
}

TEST_F(HttpClientTlsTest, RootsAndPinMustBothHold) {
  serve("good");
  EXPECT_EQ(ask(Roots::file, root(), {certificates_->key_pin("good")}), "ok");
  EXPECT_EQ(ask(Roots::file, root(), {certificates_->key_pin("alone")}), "certificate_not_pinned");
  // The pin is the server's own certificate's, not its issuer's.
  EXPECT_EQ(ask(Roots::file, root(), {certificates_->certificate_pin("root")}), "certificate_not_pinned");
  serve("alone");
  EXPECT_EQ(ask(Roots::file, root(), {certificates_->key_pin("alone")}), "certificate_untrusted");
  serve("expired");
  EXPECT_EQ(ask(Roots::file, root(), {certificates_->key_pin("expired")}), "certificate_expired");
}

TEST_F(HttpClientTlsTest, IsAskedAnewForEachRequest) {
  serve("good");
  EXPECT_EQ(ask(Roots::none, "", {certificates_->key_pin("good")}), "ok");
  EXPECT_EQ(ask(Roots::none, "", {certificates_->key_pin("alone")}), "certificate_not_pinned");
  EXPECT_EQ(ask(Roots::file, root()), "ok");
  EXPECT_EQ(server_->connections(), 3);
}

TEST_F(HttpClientTlsTest, Versions) {
  const std::vector<Pin> pins{certificates_->key_pin("good")};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    serve("good", version, version);
    EXPECT_EQ(ask(Roots::none, "", pins), "ok");
  }
  serve("good", TLS1_1_VERSION, TLS1_1_VERSION);
  EXPECT_EQ(ask(Roots::none, "", pins), "tls_failed");
}

TEST_F(HttpClientTlsTest, TellsWhatIsNoTls) {
  server_.emplace([](ServedConnection& connection) {
    connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    connection.wait_for_end();
  });
  EXPECT_EQ(ask(Roots::none, "", {Pin{}}), "tls_failed");
}

TEST_F(HttpClientTlsTest, CarriesLargeBodiesAndNoticesACut) {
  const auto context =
      testing::tls_server_context({certificates_->file("good.crt"), certificates_->file("good.pem")});
  std::string body(3U << 20U, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 2654435761U >> 13U);
  server_.emplace([&](ServedConnection& connection) {
    if (!connection.start_tls(context.get())) return;
    const bool cut = connection.read_head().find("/cut") != std::string::npos;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size() + (cut ? 1 : 0)) +
                    "\r\n\r\n");
    connection.send(body);
  });
  const std::vector<Pin> pins{certificates_->key_pin("good")};
  HttpClient::Request request;
  request.trust = {Roots::none, "", {pins.data(), pins.size()}};
  for (const char* path : {"/whole", "/cut"}) {
    const std::string url = "https://" + server_->authority() + path;
    request.url = url;
    ASSERT_TRUE(client_.start(request).ok());
    const Exchange exchange = testing::finish(client_, loop_, 1000);
    EXPECT_EQ(exchange.error, url.ends_with("cut") ? UpdateError::connection_lost : UpdateError::none);
    EXPECT_TRUE(exchange.body == body) << path << " " << exchange.body.size();
  }
}

TEST_F(HttpClientTlsTest, HoldsThroughAProxyAsWell) {
  const auto context =
      testing::tls_server_context({certificates_->file("good.crt"), certificates_->file("good.pem")});
  server_.emplace([&](ServedConnection& connection) {  // proxy and server in one
    connection.read_head();
    connection.send("HTTP/1.1 200 Connected\r\nETag: \"proxy\"\r\n\r\n");
    if (!connection.start_tls(context.get())) return;
    if (connection.read_head().find("Authorization: Basic ") != std::string::npos) ++requests_;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  });
  const std::string proxy = "http://" + server_->authority();
  HttpClient::Request request;
  request.url = "https://localhost/f";
  request.credentials = "lamp:secret";
  request.proxy = proxy;
  const std::string ca = root();
  request.trust.roots = Roots::file;
  request.trust.ca = ca;
  ASSERT_TRUE(client_.start(request).ok());
  EXPECT_EQ(testing::finish(client_, loop_).body, "hello");
  EXPECT_EQ(client_.response().etag, "");
  EXPECT_EQ(requests_, 1);
  request.url = "https://far.invalid/f";
  ASSERT_TRUE(client_.start(request).ok());
  EXPECT_EQ(testing::finish(client_, loop_).error, UpdateError::certificate_other_name);
  EXPECT_EQ(requests_, 1);
}

}  // namespace
}  // namespace airlift
