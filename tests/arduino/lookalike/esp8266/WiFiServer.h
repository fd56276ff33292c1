#pragma once

#include "WiFiClient.h"

class WiFiServer {
 public:
  explicit WiFiServer(std::uint16_t port) : port_{port} {}
  void begin(std::uint16_t port);
  void stop();
  explicit operator bool() const { return socket_ >= 0; }
  bool hasClient();
  WiFiClient accept();

 private:
  std::uint16_t port_;
  int socket_{-1};
};
