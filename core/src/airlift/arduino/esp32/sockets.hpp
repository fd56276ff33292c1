#pragma once
// Core's network ports on lwIP's BSD sockets, which the ESP32 core offers besides WiFiClient: these never
// block. IPv4, as ArduinoOTA.

#include "airlift/port/network.hpp"

namespace airlift::arduino::esp32 {

/// A socket that is closed with its owner.
class SocketHandle {
 public:
  SocketHandle() = default;
  ~SocketHandle() { reset(); }
  SocketHandle(const SocketHandle&) = delete;
  SocketHandle& operator=(const SocketHandle&) = delete;

  /// Takes over `fd`, which may be none (-1), and makes it non-blocking.
  void reset(int fd = -1);
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_{-1};
};

class UdpSocket final : public port::DatagramSocket {
 public:
  [[nodiscard]] Status open(std::uint16_t port) override;
  void close() override { socket_.reset(); }
  /// `size_bytes` is at most 256 more than `into` holds.
  [[nodiscard]] std::optional<Received> receive(MutableBytes into) override;
  [[nodiscard]] Status send(Bytes datagram, const port::Endpoint& to) override;

 private:
  SocketHandle socket_;
};

class TcpStream final : public port::Stream {
 public:
  ~TcpStream() override { close(); }

  [[nodiscard]] Status connect(const port::Endpoint& to) override;
  [[nodiscard]] State state() override;
  [[nodiscard]] Result<Read> read(MutableBytes into) override;
  [[nodiscard]] Result<std::size_t> write(Bytes bytes) override;
  void close() override;

  /// From the listener, in `closed`: goes on with this connection.
  void take_over(int fd);

 private:
  UpdateError fail();
  void end_politely();

  SocketHandle socket_;
  State state_{State::closed};
};

class TcpListener final : public port::Listener {
 public:
  /// `stream` outlives the listener.
  explicit TcpListener(TcpStream& stream) : stream_{stream} {}

  [[nodiscard]] Status listen(std::uint16_t port) override;
  void close() override { socket_.reset(); }
  [[nodiscard]] std::optional<port::Endpoint> accept() override;

 private:
  TcpStream& stream_;
  SocketHandle socket_;
};

}  // namespace airlift::arduino::esp32
