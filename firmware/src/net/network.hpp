#pragma once
// The board on its network: lwIP, its address, and what makes it go on.

#include <lwip/netif.h>

#include <array>
#include <optional>

#include "airlift/port/network.hpp"
#include "airlift/port/system.hpp"

namespace airlift::firmware {

/// One in a program, since lwIP is.
class Network {
 public:
  /// `entropy` outlives it: lwIP's random numbers are drawn from it.
  explicit Network(port::Entropy& entropy) : entropy_{entropy} {}
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// Once. The address comes by DHCP or, when no server answers within 14 s, by AutoIP (RFC 3927); a server
  /// that answers later wins. Outcomes: ok; network_failed: the board has no network chip.
  [[nodiscard]] Status start();
  /// Takes what has arrived and what is due. lwIP does nothing outside of it.
  void poll();

  /// Nothing until the network has given one.
  [[nodiscard]] std::optional<port::IpAddress> address() const;
  using Mac = std::array<std::uint8_t, 6>;
  [[nodiscard]] Mac mac() const;

  /// lwIP's; after start().
  [[nodiscard]] netif& interface() { return interface_; }

 private:
  port::Entropy& entropy_;
  netif interface_{};
};

}  // namespace airlift::firmware
