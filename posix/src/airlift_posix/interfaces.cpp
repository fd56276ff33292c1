#include "airlift_posix/interfaces.hpp"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <array>
#include <memory>

#include "airlift_posix/address.hpp"

namespace airlift::posix {

std::vector<InterfaceAddress> interface_addresses() {
  ifaddrs* list{nullptr};
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, freeifaddrs};
  std::vector<InterfaceAddress> addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if ((entry->ifa_flags & IFF_UP) == 0 || entry->ifa_addr == nullptr) continue;
    if (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6) continue;
    addresses.push_back({entry->ifa_name, static_cast<int>(if_nametoindex(entry->ifa_name)),
                         (entry->ifa_flags & IFF_LOOPBACK) != 0, to_endpoint(entry->ifa_addr).address});
  }
  return addresses;
}

std::optional<InterfaceAddress> owner_of(const port::IpAddress& address) {
  for (InterfaceAddress& candidate : interface_addresses()) {
    if (candidate.address != address && !(candidate.loopback && is_loopback(address))) continue;
    candidate.address = address;
    return std::move(candidate);
  }
  return std::nullopt;
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
