#pragma once
// TLS over a connected, non-blocking socket, by OpenSSL; under TcpStream. Either TLS 1.2 with a pre-shared
// key, or TLS 1.2 and 1.3 as the server with a certificate.
//
// OpenSSL reads from the socket itself, and never beyond the record that it works on. What it wants to send
// is kept in memory until the socket takes it, at most one record: a retried SSL_write would insist on the
// same bytes, which Stream::write() does not promise.

#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "airlift/port/network.hpp"

namespace airlift::posix {

struct TlsContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsContextFree>;

/// With what all our connections have in common. Null when OpenSSL cannot do that.
[[nodiscard]] TlsContext make_tls_context(int lowest_version, int highest_version, const char* suites_of_1_2);

class TlsChannel {
 public:
  /// Goes on inside TLS on `fd`, which must outlive the channel, with a pre-shared key. Null when OpenSSL
  /// cannot do that.
  [[nodiscard]] static std::unique_ptr<TlsChannel> make(int fd, port::Stream::TlsRole role, Bytes key);
  /// The same as a server with the certificate of `context`.
  [[nodiscard]] static std::unique_ptr<TlsChannel> make_server(int fd, SSL_CTX* context);
  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  /// The handshake is over.
  [[nodiscard]] bool established() const { return SSL_is_init_finished(ssl_.get()) != 0; }

  /// Goes on with the handshake and sends what waits; for each time that the socket is ready. Outcomes: ok;
  /// tls_failed; connection_lost: the peer went away.
  [[nodiscard]] Status advance();

  /// Like Stream's, with the outcomes of advance().
  [[nodiscard]] Result<port::Stream::Read> read(MutableBytes into);
  [[nodiscard]] Result<std::size_t> write(Bytes bytes);

  /// Decrypted bytes wait for read(): the socket does not announce them again.
  [[nodiscard]] bool holds_data() const { return SSL_pending(ssl_.get()) > 0; }
  /// Encrypted bytes wait for the socket.
  [[nodiscard]] bool wants_room() const;

  /// Tells the peer that no more will come, if the socket has room for that.
  void close();

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  explicit TlsChannel(int fd, Bytes key = {}) : fd_{fd}, key_(key.begin(), key.end()) {}

  [[nodiscard]] bool start(SSL_CTX* context, port::Stream::TlsRole role);
  static unsigned client_key(SSL* ssl, const char* hint, char* identity, unsigned identity_size,
                             unsigned char* key, unsigned key_size);
  static unsigned server_key(SSL* ssl, const char* identity, unsigned char* key, unsigned key_size);
  unsigned copy_key(unsigned char* key, unsigned key_size) const;

  [[nodiscard]] Bytes unsent() const;
  [[nodiscard]] Status flush();
  void send_waiting();
  [[nodiscard]] Status error_after(int result);

  int fd_;
  std::vector<std::uint8_t> key_;
  std::unique_ptr<SSL, Free> ssl_;
  BIO* outgoing_{nullptr};  ///< belongs to ssl_
  std::size_t sent_{0};     ///< bytes of outgoing_ that the socket has taken
};

}  // namespace airlift::posix
