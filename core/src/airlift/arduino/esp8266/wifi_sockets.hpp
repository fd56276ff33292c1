#pragma once
// Core's network ports on the core's WiFiUDP, WiFiClient and WiFiServer.

#if defined(ARDUINO_ARCH_ESP8266)

#include <ESP8266WiFi.h>
#include <WiFiUdp.h>

#include "airlift/port/network.hpp"

namespace airlift::arduino::esp8266 {

class UdpSocket final : public port::DatagramSocket {
 public:
  [[nodiscard]] Status open(std::uint16_t port) override;
  void close() override { udp_.stop(); }
  [[nodiscard]] std::optional<Received> receive(MutableBytes into) override;
  [[nodiscard]] Status send(Bytes datagram, const port::Endpoint& to) override;

 private:
  WiFiUDP udp_;
};

/// WiFiClient::connect() waits for the answer: the one call here that does, for longest_connect at most.
class TcpStream final : public port::Stream {
 public:
  static constexpr unsigned long longest_connect_ms{1000};

  [[nodiscard]] Status connect(const port::Endpoint& to) override;
  [[nodiscard]] State state() override;
  [[nodiscard]] Result<Read> read(MutableBytes into) override;
  [[nodiscard]] Result<std::size_t> write(Bytes bytes) override;
  void close() override;

  /// From a listener: only when `closed`.
  void take(const WiFiClient& client);

 private:
  WiFiClient client_;
  State state_{State::closed};
  port::Endpoint peer_;  ///< in `connecting`
};

class TcpListener final : public port::Listener {
 public:
  /// `stream` outlives the listener.
  explicit TcpListener(TcpStream& stream) : stream_{stream} {}

  [[nodiscard]] Status listen(std::uint16_t port) override;
  void close() override { server_.stop(); }
  [[nodiscard]] std::optional<port::Endpoint> accept() override;

 private:
  TcpStream& stream_;
  WiFiServer server_{0};
};

}  // namespace airlift::arduino::esp8266

#endif
