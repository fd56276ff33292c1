#include "airlift_posix/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace airlift::posix {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

port::IpAddress mapped(const in_addr& ipv4) {
  port::IpAddress address;
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin());
  std::memcpy(address.bytes.data() + mapped_prefix.size(), &ipv4, sizeof(ipv4));
  return address;
}

in_addr ipv4_part(const port::IpAddress& address) {
  in_addr ipv4{};
  std::memcpy(&ipv4, address.bytes.data() + mapped_prefix.size(), sizeof(ipv4));
  return ipv4;
}

template <typename Address>
SocketAddress stored(const Address& address) {
  SocketAddress result;
  std::memcpy(&result.storage, &address, sizeof(address));
  result.size = sizeof(address);
  return result;
}

}  // namespace

bool is_ipv4(const port::IpAddress& address) {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin());
}

bool is_any(const port::IpAddress& address) {
  return address == port::IpAddress{} || address == mapped(in_addr{});
}

bool is_loopback(const port::IpAddress& address) {
  if (is_ipv4(address)) return address.bytes[12] == 127;
  port::IpAddress loopback;
  loopback.bytes[15] = 1;
  return address == loopback;
}

bool is_link_local_ipv6(const port::IpAddress& address) {
  return address.bytes[0] == 0xFE && (address.bytes[1] & 0xC0) == 0x80;
}

int family_of(const port::IpAddress& address) {
  return is_ipv4(address) ? AF_INET : AF_INET6;
}

std::optional<SocketAddress> to_socket_address(const port::Endpoint& endpoint, int family) {
  if (family == AF_INET) {
    if (!is_ipv4(endpoint.address)) return std::nullopt;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    address.sin_addr = ipv4_part(endpoint.address);
    return stored(address);
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(endpoint.port);
  address.sin6_scope_id = endpoint.scope;
  std::memcpy(&address.sin6_addr, endpoint.address.bytes.data(), sizeof(address.sin6_addr));
  return stored(address);
}

port::Endpoint to_endpoint(const sockaddr* address) {
  port::Endpoint endpoint;
  if (address->sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, address, sizeof(ipv4));
    endpoint.address = mapped(ipv4.sin_addr);
    endpoint.port = ntohs(ipv4.sin_port);
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, address, sizeof(ipv6));
    std::memcpy(endpoint.address.bytes.data(), &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
    endpoint.port = ntohs(ipv6.sin6_port);
    if (is_link_local_ipv6(endpoint.address)) endpoint.scope = ipv6.sin6_scope_id;
  }
  return endpoint;
}

std::optional<port::IpAddress> parse_address(std::string_view text) {
  const std::string terminated{text};
  in_addr ipv4{};
  if (inet_pton(AF_INET, terminated.c_str(), &ipv4) == 1) return mapped(ipv4);
  port::IpAddress address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_text(const port::IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const in_addr ipv4 = ipv4_part(address);
  const void* const bytes = is_ipv4(address) ? static_cast<const void*>(&ipv4) : address.bytes.data();
  return inet_ntop(family_of(address), bytes, text.data(), text.size());
}

std::string to_text(const port::Endpoint& endpoint) {
  std::string host = to_text(endpoint.address);
  if (endpoint.scope != 0) host += "%" + std::to_string(endpoint.scope);
  if (!is_ipv4(endpoint.address)) host = "[" + host + "]";
  return host + ":" + std::to_string(endpoint.port);
}

std::uint16_t local_port_of(int fd) {
  SocketAddress address;
  if (getsockname(fd, address.get(), &address.size) != 0) return 0;
  return to_endpoint(address.get()).port;
}

}  // namespace airlift::posix
