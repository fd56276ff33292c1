#pragma once
// Datagrams and byte streams, both non-blocking: a call does what can be done now and returns.

#include <array>
#include <optional>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"

namespace airlift::port {

/// An IPv6 address in network byte order; IPv4 is kept in its mapped form ::ffff:a.b.c.d.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const IpAddress& a, const IpAddress& b) { return a.bytes == b.bytes; }
  friend bool operator!=(const IpAddress& a, const IpAddress& b) { return !(a == b); }
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port{0};
  std::uint32_t scope{0};  ///< interface index of a link-local IPv6 address, else 0
  friend bool operator==(const Endpoint& a, const Endpoint& b) {
    return a.address == b.address && a.port == b.port && a.scope == b.scope;
  }
};

class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;

  /// Starts to listen on `port` of the address the implementation was made with; 0 lets the system choose.
  /// Outcomes: ok; network_failed: the port is taken or forbidden. Opening an open socket closes it first.
  [[nodiscard]] virtual Status open(std::uint16_t port) = 0;
  virtual void close() = 0;

  struct Received {
    Endpoint from;
    std::size_t size_bytes{
        0};  ///< what the datagram had, even when `into` was shorter and got its start only
  };
  /// Takes the next datagram, or nothing when none is there.
  [[nodiscard]] virtual std::optional<Received> receive(MutableBytes into) = 0;

  /// Sends one datagram. Outcomes: ok; network_failed: it was surely not sent.
  [[nodiscard]] virtual Status send(Bytes datagram, const Endpoint& to) = 0;
};

/// One TCP connection at a time, made by connect() or by a Listener.
class Stream {
 public:
  enum class State : std::uint8_t {
    closed,      ///< connect() ends it
    connecting,  ///< the network ends it: open or failed
    open,        ///< the peer may have ended its direction: read() tells
    failed,      ///< could not connect, or broken; close() ends it
  };

  virtual ~Stream() = default;

  /// Begins to connect; state() tells how it went. Only from `closed`. Outcomes: ok; network_failed.
  [[nodiscard]] virtual Status connect(const Endpoint& to) = 0;
  [[nodiscard]] virtual State state() = 0;

  struct Read {
    std::size_t count{0};     ///< bytes put into the buffer; 0: nothing there now
    bool end_of_data{false};  ///< the peer will send no more
  };
  /// Outcomes: what was read; connection_lost: broken or not open.
  [[nodiscard]] virtual Result<Read> read(MutableBytes into) = 0;

  /// Takes as many bytes as the network accepts now, perhaps none. Outcomes: how many; connection_lost.
  [[nodiscard]] virtual Result<std::size_t> write(Bytes bytes) = 0;

  /// Sends what was written and ends the connection. Harmless when closed.
  virtual void close() = 0;

  enum class TlsRole : std::uint8_t { client, server };
  /// Goes on inside TLS 1.2 with this pre-shared key, identity "airlift" and ephemeral keys: every byte read
  /// and written from now on. Only while `open`. read() and write() take and give nothing until the handshake
  /// is over, and fail with tls_failed when it goes wrong. Outcomes: ok: it has begun; tls_failed: not on
  /// this board.
  [[nodiscard]] virtual Status start_tls(TlsRole /*role*/, Bytes /*pre_shared_key*/) {
    return UpdateError::tls_failed;
  }
};

/// Waits for TCP connections and puts them, one at a time, into the stream that it was made with.
class Listener {
 public:
  virtual ~Listener() = default;

  /// Starts to listen on `port` of the address it was made with; a few connections may wait. Outcomes: ok;
  /// network_failed: the port is taken or forbidden. Listening anew closes what was before.
  [[nodiscard]] virtual Status listen(std::uint16_t port) = 0;
  virtual void close() = 0;

  /// When a connection waits and the stream is `closed`: makes the stream `open` with it and tells where it
  /// comes from. Else nothing.
  [[nodiscard]] virtual std::optional<Endpoint> accept() = 0;
};

}  // namespace airlift::port
