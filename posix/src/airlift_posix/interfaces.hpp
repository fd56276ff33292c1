#pragma once
// The machine's network interfaces and their addresses.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"

namespace airlift::posix {

struct InterfaceAddress {
  std::string interface;  ///< "eth0"
  int index{0};
  bool loopback{false};
  port::IpAddress address;
  int prefix_bits{0};  ///< of its subnet, counted in the 128 bits of `address`; 0: unknown
  friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;
};

/// The addresses of all interfaces that are up.
[[nodiscard]] std::vector<InterfaceAddress> interface_addresses();

/// Whether `address` is in the subnet of one of the machine's own.
[[nodiscard]] bool in_subnet(const port::IpAddress& address, const InterfaceAddress& own);

/// The interface through which the machine owns `address`; all of 127.0.0.0/8 belongs to the loopback
/// interface.
[[nodiscard]] std::optional<InterfaceAddress> owner_of(const port::IpAddress& address);

/// Where a socket that is bound to `bind_address` can be reached from other machines.
[[nodiscard]] std::vector<InterfaceAddress> reachable_addresses(const port::IpAddress& bind_address);

using HardwareAddress = std::array<std::uint8_t, 6>;  ///< a MAC

/// Of the first interface, in the system's order, that is hardware: bridges, tunnels and the interfaces of
/// containers have addresses that change. Nothing: there is none.
[[nodiscard]] std::optional<HardwareAddress> first_hardware_address();

/// Tells when the machine gets or loses an address, by DHCP for instance. Does nothing where the system
/// cannot tell.
class AddressWatch {
 public:
  AddressWatch(EventLoop& loop, std::function<void()> changed);

 private:
  void drain();

  std::function<void()> changed_;
  UniqueFd fd_;
  Watch watch_;  ///< behind fd_: it must go first
};

}  // namespace airlift::posix
