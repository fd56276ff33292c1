// Encrypted connections of TcpStreamPool and the certificates they show, against OpenSSL's own client.

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "airlift_posix/address.hpp"
#include "airlift_posix/tcp_stream_pool.hpp"
#include "support/eventually.hpp"
#include "support/fake_system.hpp"
#include "support/openssl_program.hpp"

namespace airlift {
namespace {

using posix::CertificateFiles;
using posix::EventLoop;
using posix::TcpStreamPool;
using posix::UniqueFd;
using testing::eventually;
using testing::OpensslProgram;
using State = port::Stream::State;
using std::chrono::milliseconds;

const port::IpAddress loopback{*posix::parse_address("127.0.0.1")};

/// A client made of system calls and OpenSSL's only.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    const auto to = posix::to_socket_address({loopback, port, 0}, AF_INET);
    EXPECT_EQ(connect(fd_.get(), to->get(), to->size), 0);
  }
  void start(int version, const char* trusted = nullptr) {
    const std::unique_ptr<SSL_CTX, Free> context{SSL_CTX_new(TLS_client_method())};
    EXPECT_EQ(SSL_CTX_set_min_proto_version(context.get(), version), 1);
    EXPECT_EQ(SSL_CTX_set_max_proto_version(context.get(), version), 1);
    if (trusted != nullptr) {
      EXPECT_EQ(SSL_CTX_load_verify_file(context.get(), trusted), 1);
      SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    }
    ssl_.reset(SSL_new(context.get()));
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), "127.0.0.1");
    const timeval short_wait{0, 1000};
    EXPECT_EQ(setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &short_wait, sizeof(short_wait)), 0);
    EXPECT_EQ(SSL_set_fd(ssl_.get(), fd_.get()), 1);
  }
  /// True once the handshake is over.
  bool handshake() { return SSL_connect(ssl_.get()) == 1; }
  void send(std::string_view text) {
    EXPECT_EQ(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }
  void send_plain(std::string_view text) {
    EXPECT_EQ(::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// Appends what has arrived; false at the end.
  bool receive(std::string& into) {
    std::array<char, 65536> buffer{};
    const int count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (count > 0) into.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || SSL_get_error(ssl_.get(), count) != SSL_ERROR_ZERO_RETURN;
  }
  [[nodiscard]] std::string fingerprint() const {
    const X509* const shown = SSL_get0_peer_certificate(ssl_.get());
    std::array<unsigned char, 32> digest{};
    unsigned size{0};
    EXPECT_EQ(X509_digest(shown, EVP_sha256(), digest.data(), &size), 1);
    const std::unique_ptr<char, decltype([](char* it) { OPENSSL_free(it); })> text{
        OPENSSL_buf2hexstr(digest.data(), size)};
    return text.get();
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  UniqueFd fd_;
  std::unique_ptr<SSL, Free> ssl_;
};

class Certificates : public ::testing::Test {
 protected:
  CertificateFiles make() { return {{program_.folder().path(), own_.path(), loopback}, log_}; }
  void make_certificate(const std::string& name) {
    program_.make_ec(name, "P-256");
    program_.run("req -x509 -new -key " + name + ".pem -subj /CN=" + name + " -out " + name + ".crt");
  }
  UpdateError error_of(std::string_view certificate, std::string_view key) {
    CertificateFiles files = make();
    const UpdateError error = files.open(certificate, key, "lamp").error();
    EXPECT_EQ(files.context(), nullptr);
    EXPECT_EQ(files.fingerprint(), "");
    return error;
  }

  OpensslProgram program_;
  testing::TempDirectory own_;
  testing::MemoryLog log_;
};

TEST_F(Certificates, OwnOneIsMadeOnceAndItsKeyIsPrivate) {
  CertificateFiles first = make();
  EXPECT_EQ(first.fingerprint(), "");
  ASSERT_TRUE(first.open("", "", "lamp").ok());
  EXPECT_EQ(first.fingerprint().size(), 32 * 3 - 1);
  CertificateFiles second = make();
  ASSERT_TRUE(second.open("", "", "other").ok());
  EXPECT_EQ(second.fingerprint(), first.fingerprint());
  struct stat key {};
  ASSERT_EQ(stat((own_ / "web-key.pem").c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777U, 0600U);
}

TEST_F(Certificates, OwnOneIsWhatTheDesignSays) {
  CertificateFiles files = make();
  ASSERT_TRUE(files.open("", "", "lamp").ok());
  program_.shell("openssl x509 -noout -text -fingerprint -sha256 -in '" + (own_ / "web-certificate.pem") +
                 "' > shown");
  const std::string text = program_.read("shown");
  for (const char* expected :
       {"CN = lamp", "DNS:lamp, DNS:lamp.local, IP Address:127.0.0.1", "NIST CURVE: P-256", "CA:FALSE",
        "TLS Web Server Authentication", "ecdsa-with-SHA256"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << " is missing in " << text;
  }
  EXPECT_NE(text.find(files.fingerprint()), std::string::npos);
  constexpr int almost_ten_years_s{3650 * 86400};
  program_.run("x509 -checkend " + std::to_string(almost_ten_years_s) + " -in '" +
               (own_ / "web-certificate.pem") + "'");
}

TEST_F(Certificates, OwnOneIsMadeAnewWhenItIsDamaged) {
  CertificateFiles files = make();
  ASSERT_TRUE(files.open("", "", "lamp").ok());
  const std::string before{files.fingerprint()};
  own_.write("web-certificate.pem", "nonsense");
  ASSERT_TRUE(files.open("", "", "lamp").ok());
  EXPECT_NE(files.fingerprint(), before);
}

TEST_F(Certificates, OwnOneNeedsAPlace) {
  CertificateFiles files{{program_.folder().path(), own_ / "missing", loopback}, log_};
  EXPECT_EQ(files.open("", "", "lamp").error(), UpdateError::storage_failed);
  EXPECT_TRUE(log_.contains("missing/web-key.pem: No such file"));
}

TEST_F(Certificates, GivenOneIsTaken) {
  make_certificate("given");
  CertificateFiles files = make();
  ASSERT_TRUE(files.open("given.crt", "given.pem", "lamp").ok());
  program_.shell("openssl x509 -noout -fingerprint -sha256 -in given.crt > shown");
  EXPECT_NE(program_.read("shown").find(files.fingerprint()), std::string::npos);
  program_.shell("cat given.crt given.pem > both.pem");
  EXPECT_TRUE(files.open(program_.folder() / "both.pem", "", "lamp").ok());
}

TEST_F(Certificates, WrongOnesAreRefusedByName) {
  make_certificate("given");
  make_certificate("other");
  program_.make_ec("expired", "P-256");
  program_.run("req -new -key expired.pem -subj /CN=expired -out expired.csr");
  program_.run("x509 -req -in expired.csr -signkey expired.pem -days -1 -out expired.crt");
  program_.run("ec -in given.pem -out locked.pem -aes128 -passout pass:secret");
  EXPECT_EQ(error_of("missing.crt", "given.pem"), UpdateError::key_unreadable);
  EXPECT_TRUE(log_.contains("missing.crt: No such file"));
  EXPECT_EQ(error_of("given.pem", "given.pem"), UpdateError::key_unreadable);
  EXPECT_TRUE(log_.contains("given.pem: no certificate"));
  EXPECT_EQ(error_of("given.crt", "given.crt"), UpdateError::key_unreadable);
  EXPECT_TRUE(log_.contains("given.crt: no private key"));
  EXPECT_EQ(error_of("given.crt", "other.pem"), UpdateError::key_unreadable);
  EXPECT_TRUE(log_.contains("other.pem: the key is not that of the certificate"));
  EXPECT_EQ(error_of("expired.crt", "expired.pem"), UpdateError::key_unreadable);
  EXPECT_TRUE(log_.contains("expired.crt: the certificate has expired"));
  EXPECT_EQ(error_of("given.crt", "locked.pem"), UpdateError::key_unreadable);
  EXPECT_TRUE(log_.contains("locked.pem: no private key"));
  EXPECT_EQ(error_of("", "given.pem"), UpdateError::key_unreadable);
}

class EncryptedPool : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(identity_.open("", "", "lamp").ok());
    ASSERT_TRUE(pool_.listen(0).ok());
    client_.emplace(pool_.local_port());
    std::optional<port::StreamPool::Connection> connection;
    ASSERT_TRUE(eventually(loop_, [&] { return (connection = pool_.accept()).has_value(); }));
    stream_ = connection->stream;
  }
  void establish(const char* trusted = nullptr) {
    client_->start(GetParam(), trusted);
    ASSERT_TRUE(eventually(loop_, [&] { return client_->handshake(); }));
  }
  /// Appends what the device's side has got.
  UpdateError read_into(std::string& text) {
    std::array<std::uint8_t, 65536> buffer{};
    const auto read = stream_->read(buffer);
    if (!read.ok()) return read.error();
    text += as_text(Bytes{buffer}.first(read.value().count));
    return UpdateError::none;
  }

  testing::TempDirectory own_;
  testing::MemoryLog log_;
  CertificateFiles identity_{{own_.path(), own_.path(), loopback}, log_};
  EventLoop loop_;
  TcpStreamPool pool_{loop_, loopback, 2, &identity_};
  std::optional<Client> client_;
  port::Stream* stream_{nullptr};
};

INSTANTIATE_TEST_SUITE_P(Versions, EncryptedPool, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& test) { return test.param == TLS1_2_VERSION ? "Tls12" : "Tls13"; });

TEST_P(EncryptedPool, ShowsItsCertificateWhichAClientCanPinAndVerify) {
  establish((own_ / "web-certificate.pem").c_str());
  EXPECT_EQ(client_->fingerprint(), identity_.fingerprint());
}

TEST_P(EncryptedPool, CarriesBytesBothWays) {
  establish();
  client_->send("question");
  std::string question;
  EXPECT_TRUE(
      eventually(loop_, [&] { return read_into(question) == UpdateError::none && question.size() >= 8; }));
  EXPECT_EQ(question, "question");
  const std::string answer(300000, 'x');
  std::size_t sent{0};
  std::string received;
  EXPECT_TRUE(eventually(loop_, [&] {
    sent += stream_->write(as_bytes(std::string_view{answer}.substr(sent))).value();
    EXPECT_TRUE(client_->receive(received));
    return received.size() == answer.size();
  }));
  stream_->close();
  EXPECT_EQ(stream_->state(), State::closed);
  EXPECT_TRUE(eventually(loop_, [&] { return !client_->receive(received); }));  // it says that it ends
}

TEST_P(EncryptedPool, HandshakeTakesAndGivesNothingAndEndsIn5Seconds) {
  const auto start = std::chrono::steady_clock::now();
  Client silent{pool_.local_port()};
  std::optional<port::StreamPool::Connection> second;
  ASSERT_TRUE(eventually(loop_, [&] { return (second = pool_.accept()).has_value(); }));
  std::array<std::uint8_t, 16> buffer{};
  EXPECT_EQ(second->stream->read(buffer).value().count, 0U);
  EXPECT_EQ(second->stream->write(as_bytes("early")).value(), 0U);
  establish();
  EXPECT_TRUE(eventually(loop_, [&] { return second->stream->state() == State::failed; }));
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds{5000});
  EXPECT_EQ(second->stream->read(buffer).error(), UpdateError::tls_failed);
  // Whose handshake is over may stay.
  client_->send("still here");
  std::string text;
  EXPECT_TRUE(eventually(loop_, [&] { return read_into(text) == UpdateError::none && text.size() >= 10; }));
}

TEST_P(EncryptedPool, FailsOnPlainBytes) {
  client_->send_plain("GET / HTTP/1.1\r\nHost: lamp\r\n\r\n");
  std::string nothing;
  EXPECT_TRUE(eventually(loop_, [&] { return read_into(nothing) == UpdateError::tls_failed; }));
  EXPECT_EQ(nothing, "");
  stream_->close();
  EXPECT_EQ(stream_->state(), State::closed);
}

TEST(EncryptedPoolWithoutCertificate, DoesNotListen) {
  testing::TempDirectory own;
  testing::MemoryLog log;
  const CertificateFiles identity{{own.path(), own.path(), loopback}, log};
  EventLoop loop;
  TcpStreamPool pool{loop, loopback, 2, &identity};
  EXPECT_EQ(pool.listen(0).error(), UpdateError::tls_failed);
  EXPECT_EQ(pool.local_port(), 0);
}

TEST(EncryptedPoolOfTheOldest, TakesNoVersionBefore12) {
  testing::TempDirectory own;
  testing::MemoryLog log;
  CertificateFiles identity{{own.path(), own.path(), loopback}, log};
  ASSERT_TRUE(identity.open("", "", "lamp").ok());
  EventLoop loop;
  TcpStreamPool pool{loop, loopback, 2, &identity};
  ASSERT_TRUE(pool.listen(0).ok());
  Client client{pool.local_port()};
  std::optional<port::StreamPool::Connection> connection;
  ASSERT_TRUE(eventually(loop, [&] { return (connection = pool.accept()).has_value(); }));
  client.start(TLS1_1_VERSION);
  EXPECT_TRUE(eventually(loop, [&] {
    EXPECT_FALSE(client.handshake());
    return connection->stream->state() == State::failed;
  }));
}

}  // namespace
}  // namespace airlift
