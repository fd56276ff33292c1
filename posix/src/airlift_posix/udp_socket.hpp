#pragma once
// Datagrams over UDP.

#include <functional>

#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"

namespace airlift::posix {

/// Listens on one address. 0.0.0.0 takes IPv4 only, :: takes both IPv6 and IPv4.
class UdpSocket final : public port::DatagramSocket {
 public:
  /// An arriving datagram ends the loop's wait and, when given, calls `ready`, in each turn until it is
  /// received.
  UdpSocket(EventLoop& loop, port::IpAddress bind_address, std::function<void()> ready = {});

  [[nodiscard]] Status open(std::uint16_t port) override;
  void close() override;
  [[nodiscard]] std::optional<Received> receive(MutableBytes into) override;
  [[nodiscard]] Status send(Bytes datagram, const port::Endpoint& to) override;

  /// From the next open() on, the network's word on datagrams that did not arrive counts as an event, too,
  /// and is to be taken with take_undelivered().
  void report_undelivered() { reports_undelivered_ = true; }
  struct Undelivered {
    port::Endpoint to;
    int error{
        0};  ///< an errno: ECONNREFUSED: nothing listens there; EHOSTUNREACH and others: it is not there
  };
  /// The next of these, or nothing when there is none.
  [[nodiscard]] std::optional<Undelivered> take_undelivered();

  /// The port in use; 0 when not open.
  [[nodiscard]] std::uint16_t local_port() const;

 private:
  EventLoop& loop_;
  port::IpAddress bind_address_;
  std::function<void()> ready_;
  bool reports_undelivered_{false};
  UniqueFd fd_;
  Watch watch_;  ///< behind fd_: it must go first
};

}  // namespace airlift::posix
