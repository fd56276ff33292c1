#include "net/address.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace airlift::firmware {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_ipv4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

std::optional<ip_addr_t> to_lwip(const port::IpAddress& address) {
  if (!std::equal(mapped_ipv4_prefix.begin(), mapped_ipv4_prefix.end(), address.bytes.begin())) {
    return std::nullopt;
  }
  ip_addr_t result{};
  std::memcpy(&result.addr, address.bytes.data() + mapped_ipv4_prefix.size(), sizeof(result.addr));
  return result;
}

port::IpAddress from_lwip(const ip_addr_t& address) {
  port::IpAddress result;
  std::copy(mapped_ipv4_prefix.begin(), mapped_ipv4_prefix.end(), result.bytes.begin());
  std::memcpy(result.bytes.data() + mapped_ipv4_prefix.size(), &address.addr, sizeof(address.addr));
  return result;
}

}  // namespace airlift::firmware
