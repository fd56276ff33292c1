#pragma once
// The avahi-core server under MdnsName and MdnsBrowser.

#include <avahi-core/core.h>

#include <memory>
#include <string>

#include "airlift_posix/event_loop.hpp"

namespace airlift::posix {

enum class MdnsFamily : std::uint8_t { ipv4, ipv4_and_ipv6 };

struct MdnsServerFree {
  void operator()(AvahiServer* server) const { avahi_server_free(server); }
};
using MdnsServer = std::unique_ptr<AvahiServer, MdnsServerFree>;

/// A server that publishes nothing by itself, on all interfaces or on `interface` only. Null when the system
/// does not let it speak mDNS. `callback` may run before this returns.
[[nodiscard]] MdnsServer make_mdns_server(EventLoop& loop, const std::string& interface, MdnsFamily family,
                                          AvahiServerCallback callback, void* user_data);

}  // namespace airlift::posix
