#pragma once
// The other end of a TCP connection, made of nothing but system calls and OpenSSL's, so that it does not
// depend on what is tested.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>

#include "airlift_posix/address.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::testing {

[[nodiscard]] inline port::IpAddress loopback() {
  return *posix::parse_address("127.0.0.1");
}

class PeerSocket {
 public:
  PeerSocket() {
    listener_.reset(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const auto any_port = posix::to_socket_address({loopback(), 0, 0}, AF_INET);
    EXPECT_EQ(bind(listener_.get(), any_port->get(), any_port->size), 0);
    EXPECT_EQ(listen(listener_.get(), 4), 0);
  }
  port::Endpoint endpoint() const { return {loopback(), posix::local_port_of(listener_.get()), 0}; }
  void stop_listening() { listener_.reset(); }
  bool accept() {
    connection.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    return static_cast<bool>(connection);
  }
  void send(std::string_view text) {
    const Bytes bytes = as_bytes(text);
    EXPECT_EQ(::send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  /// Appends what has arrived.
  void receive() {
    std::array<char, 65536> buffer{};
    ssize_t count{0};
    while ((count = recv(connection.get(), buffer.data(), buffer.size(), 0)) > 0) {
      received.append(buffer.data(), static_cast<std::size_t>(count));
    }
    saw_end = saw_end || count == 0;
    saw_reset = saw_reset || (count < 0 && errno == ECONNRESET);
  }
  void end_data() { EXPECT_EQ(shutdown(connection.get(), SHUT_WR), 0); }
  void reset() {
    const ::linger at_once{1, 0};
    EXPECT_EQ(setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
    connection.reset();
  }

  posix::UniqueFd connection;
  std::string received;
  bool saw_end{false};
  bool saw_reset{false};

 private:
  posix::UniqueFd listener_;
};

/// TLS on the connection of a PeerSocket.
class TlsPeer {
 public:
  using Role = port::Stream::TlsRole;

  struct Offer {
    std::string key;
    std::string identity{"airlift"};
    const char* suite{"ECDHE-PSK-CHACHA20-POLY1305"};
    int version{TLS1_2_VERSION};
  };

  void start(PeerSocket& socket, Role role, Offer offer) {
    socket_ = &socket;
    offer_ = std::move(offer);
    const std::unique_ptr<SSL_CTX, Free> context{SSL_CTX_new(TLS_method())};
    EXPECT_EQ(SSL_CTX_set_min_proto_version(context.get(), offer_.version), 1);
    EXPECT_EQ(SSL_CTX_set_max_proto_version(context.get(), offer_.version), 1);
    EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), offer_.suite), 1);
    SSL_CTX_set_psk_client_callback(context.get(), client_key);
    SSL_CTX_set_psk_server_callback(context.get(), server_key);
    ssl_.reset(SSL_new(context.get()));
    SSL_set_app_data(ssl_.get(), this);
    EXPECT_EQ(SSL_set_fd(ssl_.get(), socket.connection.get()), 1);
    role == Role::client ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
  }
  /// True once the handshake is over.
  bool handshake() { return SSL_do_handshake(ssl_.get()) == 1; }
  void send(std::string_view text) {
    EXPECT_EQ(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }
  /// Like PeerSocket::receive().
  void receive() {
    std::array<char, 65536> buffer{};
    int count{0};
    while ((count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0) {
      socket_->received.append(buffer.data(), static_cast<std::size_t>(count));
    }
    socket_->saw_end = socket_->saw_end || SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN;
  }
  void end_data() { EXPECT_GE(SSL_shutdown(ssl_.get()), 0); }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  static unsigned client_key(SSL* ssl, const char*, char* identity, unsigned size, unsigned char* key,
                             unsigned) {
    const Offer& offer = static_cast<TlsPeer*>(SSL_get_app_data(ssl))->offer_;
    identity[offer.identity.copy(identity, size - 1)] = '\0';
    return static_cast<unsigned>(offer.key.copy(reinterpret_cast<char*>(key), offer.key.size()));
  }
  static unsigned server_key(SSL* ssl, const char*, unsigned char* key, unsigned) {
    const Offer& offer = static_cast<TlsPeer*>(SSL_get_app_data(ssl))->offer_;
    return static_cast<unsigned>(offer.key.copy(reinterpret_cast<char*>(key), offer.key.size()));
  }

  PeerSocket* socket_{nullptr};
  Offer offer_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace airlift::testing
