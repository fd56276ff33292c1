#pragma once
// TLS 1.2 with a pre-shared key over a connected, non-blocking socket, by OpenSSL; under TcpStream.
//
// OpenSSL reads from the socket itself, and never beyond the record that it works on. What it wants to send
// is kept in memory until the socket takes it, at most one record: a retried SSL_write would insist on the
// same bytes, which Stream::write() does not promise.

#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "airlift/port/network.hpp"

namespace airlift::posix {

class TlsChannel {
 public:
  /// Goes on inside TLS on `fd`, which must outlive the channel. Null when OpenSSL cannot do that.
  [[nodiscard]] static std::unique_ptr<TlsChannel> make(int fd, port::Stream::TlsRole role, Bytes key);
  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

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
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  using Context = std::unique_ptr<SSL_CTX, Free>;

  TlsChannel(int fd, Bytes key) : fd_{fd}, key_(key.begin(), key.end()) {}

  [[nodiscard]] static Context make_context();
  static unsigned client_key(SSL* ssl, const char* hint, char* identity, unsigned identity_size,
                             unsigned char* key, unsigned key_size);
  static unsigned server_key(SSL* ssl, const char* identity, unsigned char* key, unsigned key_size);
  unsigned copy_key(unsigned char* key, unsigned key_size) const;

  [[nodiscard]] bool established() const { return SSL_is_init_finished(ssl_.get()) != 0; }
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
