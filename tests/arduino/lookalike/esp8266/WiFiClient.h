#pragma once
// A TCP connection. Copies share it.

#include <cstddef>
#include <memory>

#include "IPAddress.h"

class WiFiClient {
 public:
  WiFiClient() = default;
  explicit WiFiClient(int socket);

  void setTimeout(unsigned long ms) { timeout_ms_ = ms; }
  /// Waits for the answer. 1: connected.
  int connect(IPAddress ip, std::uint16_t port);
  std::size_t write(const std::uint8_t* bytes, std::size_t size);
  int availableForWrite();
  int available();
  int read(std::uint8_t* into, std::size_t size);
  /// Also while something is there to be read.
  std::uint8_t connected();
  bool stop(unsigned int max_wait_ms);
  void setNoDelay(bool on);
  IPAddress remoteIP();
  std::uint16_t remotePort();

 private:
  struct Socket;
  std::shared_ptr<Socket> socket_;
  unsigned long timeout_ms_{5000};
};
