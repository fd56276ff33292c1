#pragma once
// Waits for TCP connections and serves them one at a time: the device's port for uploaders that connect.

#include <functional>
#include <optional>

#include "airlift_posix/tcp_listener.hpp"

namespace airlift::posix {

class StreamListener final : public port::Listener {
 public:
  /// Listens on `bind_address` and puts connections into `stream`, which must outlive this. A connection ends
  /// the loop's wait and, when given, calls `ready`, in each turn until it is accepted; but not while
  /// `stream` is in use: a waiting connection is then told when `stream` is closed.
  StreamListener(EventLoop& loop, port::IpAddress bind_address, TcpStream& stream,
                 std::function<void()> ready = {});
  ~StreamListener() override;

  [[nodiscard]] Status listen(std::uint16_t port) override;
  void close() override;
  [[nodiscard]] std::optional<port::Endpoint> accept() override;

  /// The port in use; 0 when not listening.
  [[nodiscard]] std::uint16_t local_port() const;

 private:
  void on_connection();

  EventLoop& loop_;
  port::IpAddress bind_address_;
  TcpStream& stream_;
  std::function<void()> ready_;
  std::optional<TcpListener> listener_;
};

}  // namespace airlift::posix
