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

/// One outgoing TCP connection at a time.
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
};

}  // namespace airlift::port
