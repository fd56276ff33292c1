#pragma once

#include <cstddef>
#include <vector>

#include "IPAddress.h"

class WiFiUDP {
 public:
  WiFiUDP() = default;
  WiFiUDP(const WiFiUDP&) = delete;
  WiFiUDP& operator=(const WiFiUDP&) = delete;
  ~WiFiUDP() { stop(); }

  /// 1: listening.
  std::uint8_t begin(std::uint16_t port);
  void stop();
  /// The size of the next datagram, which remoteIP() and read() are of from now on; 0: none.
  int parsePacket();
  int read(unsigned char* into, std::size_t size);
  IPAddress remoteIP() { return remote_; }
  std::uint16_t remotePort() { return remote_port_; }
  int beginPacket(IPAddress ip, std::uint16_t port);
  std::size_t write(const std::uint8_t* bytes, std::size_t size);
  int endPacket();

 private:
  int socket_{-1};
  std::vector<std::uint8_t> incoming_;
  IPAddress remote_;
  std::uint16_t remote_port_{0};
  std::vector<std::uint8_t> outgoing_;
  IPAddress to_;
  std::uint16_t to_port_{0};
};
