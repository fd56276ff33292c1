#include "airlift_posix/mdns_host_addresses.hpp"

#include <avahi-core/rr.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "airlift_posix/address.hpp"

namespace airlift::posix {
namespace {

port::IpAddress to_address(const AvahiRecord& record) {
  SocketAddress address;
  if (record.key->type == AVAHI_DNS_TYPE_A) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_addr.s_addr = record.data.a.address.address;
    std::memcpy(&address.storage, &ipv4, sizeof(ipv4));
  } else {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    std::memcpy(&ipv6.sin6_addr, record.data.aaaa.address.address, sizeof(ipv6.sin6_addr));
    std::memcpy(&address.storage, &ipv6, sizeof(ipv6));
  }
  return to_endpoint(address.get()).address;
}

bool is_better(const port::Endpoint& a, const port::Endpoint& b) {
  const auto rank = [](const port::IpAddress& address) {
    return std::tuple{!is_ipv4(address), is_link_local_ipv6(address), address.bytes};
  };
  return rank(a.address) < rank(b.address);
}

}  // namespace

MdnsHostAddresses::MdnsHostAddresses(AvahiServer& server, AvahiIfIndex interface, std::string host,
                                     std::function<void()> changed)
    : interface_{interface},
      host_{std::move(host)},
      changed_{std::move(changed)},
      browsers_{browse(server, AVAHI_DNS_TYPE_A), browse(server, AVAHI_DNS_TYPE_AAAA)} {}

std::vector<port::Endpoint> MdnsHostAddresses::endpoints(std::uint16_t port) const {
  std::vector<port::Endpoint> result;
  for (const auto& [protocol, address] : sightings_) {
    const std::uint32_t scope = is_link_local_ipv6(address) ? static_cast<std::uint32_t>(interface_) : 0;
    result.push_back({address, port, scope});
  }
  std::sort(result.begin(), result.end(), is_better);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

MdnsHostAddresses::Browser MdnsHostAddresses::browse(AvahiServer& server, std::uint16_t record_type) {
  AvahiKey* const key = avahi_key_new(host_.c_str(), AVAHI_DNS_CLASS_IN, record_type);
  Browser browser{avahi_s_record_browser_new(&server, interface_, AVAHI_PROTO_UNSPEC, key,
                                             AVAHI_LOOKUP_USE_MULTICAST, on_record, this)};
  avahi_key_unref(key);
  return browser;
}

void MdnsHostAddresses::on_record(AvahiSRecordBrowser*, AvahiIfIndex, AvahiProtocol protocol,
                                  AvahiBrowserEvent event, AvahiRecord* record, AvahiLookupResultFlags,
                                  void* user_data) {
  MdnsHostAddresses& self = *static_cast<MdnsHostAddresses*>(user_data);
  switch (event) {
    case AVAHI_BROWSER_NEW:
      self.sightings_.emplace_back(protocol, to_address(*record));
      break;
    case AVAHI_BROWSER_REMOVE:
      std::erase(self.sightings_, Sighting{protocol, to_address(*record)});
      break;
    case AVAHI_BROWSER_CACHE_EXHAUSTED:
      return;
    case AVAHI_BROWSER_ALL_FOR_NOW:
    case AVAHI_BROWSER_FAILURE:
      --self.lookups_left_;
      break;
  }
  self.changed_();
}

}  // namespace airlift::posix
