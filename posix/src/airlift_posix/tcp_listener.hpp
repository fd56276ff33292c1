#pragma once
// Waits for TCP connections and gives each as a stream of its own: the uploader's side of the connect-back.

#include <functional>
#include <memory>
#include <optional>

#include "airlift_posix/tcp_stream.hpp"

namespace airlift::posix {

class TcpListener {
 public:
  /// Listens at once on `port` of `address`; port 0 lets the system choose. A connection ends the loop's wait
  /// and, when given, calls `ready`, in each turn until it is accepted. Throws std::system_error when the
  /// address or port cannot be used.
  TcpListener(EventLoop& loop, const port::IpAddress& address, std::uint16_t port,
              std::function<void()> ready = {});
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  struct Accepted {
    std::unique_ptr<TcpStream> stream;
    port::Endpoint peer;
  };
  /// The next connection, or nothing when none waits.
  [[nodiscard]] std::optional<Accepted> accept();

  struct AcceptedSocket {
    UniqueFd fd;
    port::Endpoint peer;
  };
  /// The same, without a stream around it. When the system has no descriptor left, the connection waits on,
  /// unnoticed for a moment.
  [[nodiscard]] std::optional<AcceptedSocket> accept_socket();

  /// Whether a connection waits to be accepted.
  [[nodiscard]] bool someone_waits() const;

  /// Connections wait unnoticed until resume().
  void pause() { watch_.set_interest(Interest::none); }
  void resume() { watch_.set_interest(Interest::readable); }

  [[nodiscard]] std::uint16_t local_port() const;

 private:
  void rest();

  EventLoop& loop_;
  UniqueFd fd_;
  Watch watch_;  ///< behind fd_: it must go first
  Timer rested_;
};

}  // namespace airlift::posix
