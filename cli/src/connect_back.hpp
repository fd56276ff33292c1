#pragma once
// Asks a device with the extension to connect to this computer, for nothing but to see whether it can.

#include <functional>
#include <string>

#include "airlift/wire/extension.hpp"
#include "airlift_posix/tcp_listener.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "device_upload.hpp"

namespace airlift::cli {

class ConnectBack {
 public:
  /// A device connects as soon as it has been asked; a lost datagram is sent again.
  static constexpr milliseconds again_after{1000};
  static constexpr milliseconds patience{3000};

  /// Is told once, from the loop, whether the device has connected.
  using Done = std::function<void(bool connected)>;

  /// Begins at once, listening as `options` say. Throws PushError when that cannot be done.
  ConnectBack(posix::EventLoop& loop, const UploadOptions& options, const port::Endpoint& device, Done done);

  [[nodiscard]] std::string listening_at() const;

 private:
  void ask();
  void accept();
  void end(bool connected);

  posix::EventLoop& loop_;
  port::Endpoint device_;
  port::IpAddress host_;
  Done done_;
  posix::TcpListener listener_;
  posix::UdpSocket socket_;
  std::string request_;
  posix::Timer again_;
  posix::Timer end_;
};

}  // namespace airlift::cli
