#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/arduino/esp8266/wifi_sockets.hpp"

#include <algorithm>

#include "airlift/arduino/esp8266/addresses.hpp"

namespace airlift::arduino::esp8266 {

Status UdpSocket::open(std::uint16_t port) {
  udp_.stop();
  return udp_.begin(port) == 1 ? Status{} : Status{UpdateError::network_failed};
}

std::optional<port::DatagramSocket::Received> UdpSocket::receive(MutableBytes into) {
  const int size = udp_.parsePacket();
  if (size <= 0) return std::nullopt;
  [[maybe_unused]] const int got = udp_.read(into.data(), into.size());
  return Received{endpoint(udp_.remoteIP(), udp_.remotePort()), static_cast<std::size_t>(size)};
}

Status UdpSocket::send(Bytes datagram, const port::Endpoint& to) {
  const bool sent = udp_.beginPacket(address_of(to), to.port) == 1 &&
                    udp_.write(datagram.data(), datagram.size()) == datagram.size() && udp_.endPacket() == 1;
  return sent ? Status{} : Status{UpdateError::network_failed};
}

/// state() connects: by then the uploader has its answer, which this would hold up.
Status TcpStream::connect(const port::Endpoint& to) {
  peer_ = to;
  state_ = State::connecting;
  return {};
}

port::Stream::State TcpStream::state() {
  if (state_ != State::connecting) return state_;
  client_.setTimeout(longest_connect_ms);
  const bool connected = client_.connect(address_of(peer_), peer_.port) == 1;
  if (connected) client_.setNoDelay(true);
  return state_ = connected ? State::open : State::failed;
}

void TcpStream::take(const WiFiClient& client) {
  client_ = client;
  client_.setNoDelay(true);
  state_ = State::open;
}

/// The core does not tell a connection that was reset from one that was ended.
Result<port::Stream::Read> TcpStream::read(MutableBytes into) {
  if (state_ != State::open) return UpdateError::connection_lost;
  const int there = client_.available();
  if (there <= 0) return Read{0, client_.connected() == 0};
  const int count = client_.read(into.data(), std::min(into.size(), static_cast<std::size_t>(there)));
  return Read{static_cast<std::size_t>(std::max(count, 0)), false};
}

/// No more than there is room for, else WiFiClient waits for it.
Result<std::size_t> TcpStream::write(Bytes bytes) {
  if (state_ != State::open || client_.connected() == 0) return UpdateError::connection_lost;
  const auto room = static_cast<std::size_t>(std::max(client_.availableForWrite(), 0));
  const std::size_t count = std::min(room, bytes.size());
  if (count == 0) return count;
  return client_.write(bytes.data(), count);
}

/// What was written is sent all the same; stop(0) would wait for that.
void TcpStream::close() {
  if (state_ == State::open) client_.stop(1);
  client_ = WiFiClient{};
  state_ = State::closed;
}

Status TcpListener::listen(std::uint16_t port) {
  server_.stop();
  server_.begin(port);
  return server_ ? Status{} : Status{UpdateError::network_failed};
}

std::optional<port::Endpoint> TcpListener::accept() {
  if (stream_.state() != port::Stream::State::closed || !server_.hasClient()) return std::nullopt;
  WiFiClient client = server_.accept();
  const port::Endpoint peer = endpoint(client.remoteIP(), client.remotePort());
  stream_.take(client);
  return peer;
}

}  // namespace airlift::arduino::esp8266

#endif
