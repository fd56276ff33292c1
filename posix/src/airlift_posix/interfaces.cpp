#include "airlift_posix/interfaces.hpp"

#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <memory>

#include "airlift_posix/address.hpp"

namespace airlift::posix {
namespace {

/// Bits of the mask that are set; IPv4 is kept behind 96 bits that are always the same.
int prefix_bits_of(const sockaddr* mask, sa_family_t family) {
  if (mask == nullptr) return 0;
  if (family == AF_INET) {
    constexpr int mapped_prefix_bits{96};
    return mapped_prefix_bits + std::popcount(reinterpret_cast<const sockaddr_in*>(mask)->sin_addr.s_addr);
  }
  int bits{0};
  for (const std::uint8_t byte : reinterpret_cast<const sockaddr_in6*>(mask)->sin6_addr.s6_addr) {
    bits += std::popcount(byte);
  }
  return bits;
}

}  // namespace

std::vector<InterfaceAddress> interface_addresses() {
  ifaddrs* list{nullptr};
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, freeifaddrs};
  std::vector<InterfaceAddress> addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if ((entry->ifa_flags & IFF_UP) == 0 || entry->ifa_addr == nullptr) continue;
    if (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6) continue;
    addresses.push_back({entry->ifa_name, static_cast<int>(if_nametoindex(entry->ifa_name)),
                         (entry->ifa_flags & IFF_LOOPBACK) != 0, to_endpoint(entry->ifa_addr).address,
                         prefix_bits_of(entry->ifa_netmask, entry->ifa_addr->sa_family)});
  }
  return addresses;
}

std::optional<HardwareAddress> first_hardware_address() {
  ifaddrs* list{nullptr};
  if (getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, freeifaddrs};
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_PACKET) continue;
    // What hardware is behind: Documentation/ABI/testing/sysfs-class-net, "device".
    if (!std::filesystem::exists("/sys/class/net/" + std::string{entry->ifa_name} + "/device")) continue;
    sockaddr_ll link{};
    std::memcpy(&link, entry->ifa_addr, sizeof link);
    HardwareAddress address{};
    if (link.sll_hatype != ARPHRD_ETHER || link.sll_halen != address.size()) continue;
    std::copy_n(std::begin(link.sll_addr), address.size(), address.begin());
    return address;
  }
  return std::nullopt;
}

bool in_subnet(const port::IpAddress& address, const InterfaceAddress& own) {
  if (own.prefix_bits == 0) return false;
  for (int bit = 0; bit < own.prefix_bits; ++bit) {
    const std::size_t byte = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> bit % 8;
    if (((address.bytes[byte] ^ own.address.bytes[byte]) & mask) != 0) return false;
  }
  return true;
}

std::optional<InterfaceAddress> owner_of(const port::IpAddress& address) {
  for (InterfaceAddress& candidate : interface_addresses()) {
    if (candidate.address != address && !(candidate.loopback && is_loopback(address))) continue;
    candidate.address = address;
    return std::move(candidate);
  }
  return std::nullopt;
}

std::vector<InterfaceAddress> reachable_addresses(const port::IpAddress& bind_address) {
  if (!is_any(bind_address)) {
    const auto owner = owner_of(bind_address);
    return owner ? std::vector{*owner} : std::vector<InterfaceAddress>{};
  }
  std::vector<InterfaceAddress> addresses = interface_addresses();
  std::erase_if(addresses, [&](const InterfaceAddress& candidate) {
    const bool not_listening = is_ipv4(bind_address) && !is_ipv4(candidate.address);
    // A peer cannot use a link-local address without knowing the interface, which DNS cannot tell.
    return not_listening || is_link_local_ipv6(candidate.address);
  });
  return addresses;
}

AddressWatch::AddressWatch(EventLoop& loop, std::function<void()> changed) : changed_{std::move(changed)} {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  fd_.reset(socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd_ || bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return;
  watch_ = loop.watch(fd_.get(), Interest::readable, [this] { drain(); });
}

void AddressWatch::drain() {
  // What the messages say is read afresh with getifaddrs; they only tell that something changed.
  std::array<char, 4096> message{};
  while (recv(fd_.get(), message.data(), message.size(), 0) > 0) {
  }
  changed_();
}

}  // namespace airlift::posix
