#pragma once
// A server in a thread that does to each connection what a test says, plain or by TLS; made of system calls
// and OpenSSL's only, so that it does not depend on what is tested.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "airlift_posix/address.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::testing {

/// One accepted connection, in the server's thread. Everything blocks until the client or the test goes away.
class ServedConnection {
 public:
  explicit ServedConnection(int fd) : fd_{fd} {}

  /// False: the client does not want to.
  bool start_tls(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    return SSL_set_fd(ssl_.get(), fd_) == 1 && SSL_accept(ssl_.get()) == 1;
  }
  /// Up to the empty line; what there is when the client ends before.
  std::string read_head() {
    std::string head;
    char byte{};
    while (head.find("\r\n\r\n") == std::string::npos && receive(&byte, 1) == 1) head += byte;
    return head;
  }
  /// False: the client has gone.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ssl_ ? SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()))
                             : ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void wait_for_end() {
    std::array<char, 1024> buffer{};
    while (receive(buffer.data(), buffer.size()) > 0) {
    }
  }
  /// Ends it without a word of TLS.
  void reset() {
    const ::linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  long receive(char* into, std::size_t size) {
    return ssl_ ? SSL_read(ssl_.get(), into, static_cast<int>(size)) : ::recv(fd_, into, size, 0);
  }

  int fd_;
  std::unique_ptr<SSL, Free> ssl_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(ServedConnection&)>;

  /// `script` runs for one connection after the other. It ends the connection by returning.
  explicit ScriptedServer(Script script) : script_{std::move(script)} {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto any_port = posix::to_socket_address({*posix::parse_address("127.0.0.1"), 0, 0}, AF_INET);
    EXPECT_EQ(::bind(listener_.get(), any_port->get(), any_port->size), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~ScriptedServer() {
    {
      const std::lock_guard lock{guard_};
      stopped_ = true;
      ::shutdown(listener_.get(), SHUT_RDWR);
      if (connection_) ::shutdown(connection_.get(), SHUT_RDWR);
    }
    thread_.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::string authority(const std::string& host = "127.0.0.1") const {
    return host + ":" + std::to_string(posix::local_port_of(listener_.get()));
  }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void serve() {
    while (true) {
      posix::UniqueFd accepted{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      {
        const std::lock_guard lock{guard_};
        if (stopped_ || !accepted) return;
        connection_ = std::move(accepted);
        ++connections_;
      }
      {
        ServedConnection connection{connection_.get()};
        script_(connection);
      }
      const std::lock_guard lock{guard_};
      connection_.reset();
    }
  }

  Script script_;
  posix::UniqueFd listener_;
  std::mutex guard_;
  bool stopped_{false};         ///< under guard_
  posix::UniqueFd connection_;  ///< set and reset under guard_
  std::atomic<int> connections_{0};
  std::thread thread_;
};

/// A server's certificate files (PEM) and the versions of TLS that it speaks.
struct TlsOffer {
  std::string certificate;
  std::string key;
  int lowest{TLS1_2_VERSION};
  int highest{TLS1_3_VERSION};
};

[[nodiscard]] inline std::shared_ptr<SSL_CTX> tls_server_context(const TlsOffer& offer) {
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  // TLS 1.1 needs signatures by SHA-1.
  if (offer.lowest < TLS1_2_VERSION) SSL_CTX_set_security_level(context.get(), 0);
  EXPECT_EQ(SSL_CTX_set_min_proto_version(context.get(), offer.lowest), 1);
  EXPECT_EQ(SSL_CTX_set_max_proto_version(context.get(), offer.highest), 1);
  EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context.get(), offer.certificate.c_str()), 1)
      << offer.certificate;
  EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context.get(), offer.key.c_str(), SSL_FILETYPE_PEM), 1) << offer.key;
  return context;
}

}  // namespace airlift::testing
