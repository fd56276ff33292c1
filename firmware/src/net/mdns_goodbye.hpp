#pragma once
// What lwIP's mDNS responder does not do: tell the network that a service goes.

#include <lwip/netif.h>

#include <string_view>

namespace airlift::firmware {

/// `type`: "_arduino".
void say_goodbye(netif& interface, std::string_view name, std::string_view type, bool is_udp);

}  // namespace airlift::firmware
