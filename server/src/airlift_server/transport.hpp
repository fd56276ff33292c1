#pragma once
// A connection's bytes, plain or inside TLS, on a non-blocking socket: each call does what can be done now
// and says what to wait for. Nothing that is sent is copied, but an answer's first 16 KiB inside TLS.

#include <openssl/ssl.h>

#include <memory>

#include "airlift/base/span.hpp"

namespace airlift::server {

/// The certificate's context, as we want it: with session tickets, because devices come back.
void prepare_for_serving(SSL_CTX* context);

class Transport {
 public:
  enum class Need : std::uint8_t {
    nothing,   ///< it may be called again at once
    readable,  ///< of the socket
    writable,
    ended,  ///< the peer sends no more
    failed,
  };
  struct Step {
    std::size_t count{0};  ///< bytes; more than 0 only with `nothing`
    Need need{Need::nothing};
  };

  /// `fd` outlives this. `context` null: plain.
  Transport(int fd, SSL_CTX* context);

  /// `nothing`: done.
  [[nodiscard]] Step handshake();
  [[nodiscard]] Step read(MutableBytes into);
  /// Takes from the front of `head`, then of `body`. Until it has taken any the same bytes must be given
  /// again.
  [[nodiscard]] Step write(Bytes head, Bytes body);
  /// Tells the peer that no more comes, if there is room for that.
  void end_writing();
  /// Takes and forgets what the peer still sends; `into` is for whatever.
  [[nodiscard]] Step discard(MutableBytes into);

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  [[nodiscard]] Step write_together(Bytes head, Bytes body);
  [[nodiscard]] Step write_record(Bytes bytes);
  [[nodiscard]] Step after(int result, std::size_t count);

  int fd_;
  std::unique_ptr<SSL, Free> ssl_;
  bool tls_;
};

}  // namespace airlift::server
