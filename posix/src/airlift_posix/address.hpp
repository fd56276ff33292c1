#pragma once
// Addresses as core keeps them, as the system takes them, and as people write them.

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

#include "airlift/port/network.hpp"

namespace airlift::posix {

/// What socket calls take.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size{sizeof(sockaddr_storage)};

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// True for ::ffff:a.b.c.d, the form in which core keeps IPv4.
[[nodiscard]] bool is_ipv4(const port::IpAddress& address);
/// True for 0.0.0.0 (every IPv4 address of the machine) and :: (every address of the machine).
[[nodiscard]] bool is_any(const port::IpAddress& address);
[[nodiscard]] bool is_loopback(const port::IpAddress& address);
[[nodiscard]] bool is_link_local_ipv6(const port::IpAddress& address);

/// AF_INET for an IPv4 address, else AF_INET6.
[[nodiscard]] int family_of(const port::IpAddress& address);

/// For a socket of `family`: an AF_INET6 socket reaches IPv4 by mapped addresses.
/// Nothing when `family` is AF_INET and the address is not IPv4.
[[nodiscard]] std::optional<SocketAddress> to_socket_address(const port::Endpoint& endpoint, int family);
/// Takes AF_INET and AF_INET6; gives an empty endpoint for others.
[[nodiscard]] port::Endpoint to_endpoint(const sockaddr* address);

/// Reads `127.0.0.1` or `fd00::1`; nothing for anything else, names included.
[[nodiscard]] std::optional<port::IpAddress> parse_address(std::string_view text);

[[nodiscard]] std::string to_text(const port::IpAddress& address);
/// `127.0.0.1:8266` or `[fd00::1]:8266`, with `%<interface index>` behind a link-local address.
[[nodiscard]] std::string to_text(const port::Endpoint& endpoint);

/// The local port of a bound socket; 0 when it has none.
[[nodiscard]] std::uint16_t local_port_of(int fd);

}  // namespace airlift::posix
