#pragma once
// Several TCP connections at a time behind one port: the device's page.

#include <deque>
#include <optional>

#include "airlift/port/stream_pool.hpp"
#include "airlift_posix/certificate_files.hpp"
#include "airlift_posix/tcp_listener.hpp"

namespace airlift::posix {

class TcpStreamPool final : public port::StreamPool {
 public:
  /// Listens on `bind_address` and serves up to `size` connections at once; others wait in the system's
  /// backlog. A new connection ends the loop's wait once. One that was not accepted then does so again when a
  /// stream of the pool is closed or another connection was accepted: whoever does not want it yet does not
  /// make the loop spin.
  /// With an `identity`, which outlives the pool, all connections are encrypted; a handshake has 5 s.
  TcpStreamPool(EventLoop& loop, port::IpAddress bind_address, std::size_t size,
                const CertificateFiles* identity = nullptr);

  [[nodiscard]] Status listen(std::uint16_t port) override;
  void close() override;
  [[nodiscard]] std::optional<Connection> accept() override;
  [[nodiscard]] bool someone_waits() override;

  /// The port in use; 0 when not listening.
  [[nodiscard]] std::uint16_t local_port() const;

 private:
  [[nodiscard]] TcpStream* free_stream();

  EventLoop& loop_;
  port::IpAddress bind_address_;
  const CertificateFiles* identity_;
  std::deque<TcpStream> streams_;
  std::optional<TcpListener> listener_;
};

}  // namespace airlift::posix
