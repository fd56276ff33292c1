#pragma once
// Several TCP connections at a time, of one listening port, plain or encrypted.

#include <string_view>

#include "airlift/port/network.hpp"

namespace airlift::port {

class StreamPool {
 public:
  virtual ~StreamPool() = default;

  /// Starts to listen on `port`; others may wait in the system's backlog. An encrypted pool shows the
  /// certificate of its TlsIdentity. Outcomes: ok; network_failed: the port is taken or forbidden;
  /// tls_failed: there is no certificate. Listening anew forgets who waited; open connections stay.
  [[nodiscard]] virtual Status listen(std::uint16_t port) = 0;
  /// Listens no more; open connections stay.
  virtual void close() = 0;

  struct Connection {
    Stream* stream{nullptr};  ///< `open`; the pool's own. Its close() gives it back to the pool
    Endpoint peer;
  };
  /// The next connection that waits, or nothing: none waits, or all streams of the pool are in use. In an
  /// encrypted pool read() and write() take and give nothing until the handshake is over, and fail with
  /// tls_failed when it goes wrong.
  [[nodiscard]] virtual std::optional<Connection> accept() = 0;
  /// Whether somebody waits to be accepted, even when all streams are in use.
  [[nodiscard]] virtual bool someone_waits() = 0;
};

/// The certificate an encrypted pool shows, and its key.
class TlsIdentity {
 public:
  virtual ~TlsIdentity() = default;

  /// Takes certificate and key from where these names lead to; both empty: makes a self-signed one for `name`
  /// and the device's addresses, once, and keeps it. Outcomes: ok; key_unreadable: no such certificate or
  /// key, or they do not belong together; storage_failed, no_entropy: none could be made; tls_failed: not on
  /// this board.
  [[nodiscard]] virtual Status open(std::string_view certificate, std::string_view key,
                                    std::string_view name) = 0;
  /// SHA-256 of the certificate as people compare it, `AB:CD:…`; empty: none is open.
  [[nodiscard]] virtual std::string_view fingerprint() const = 0;
};

}  // namespace airlift::port
