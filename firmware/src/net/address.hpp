#pragma once
// Addresses as core keeps them and as lwIP does.

#include <lwip/ip_addr.h>

#include <optional>

#include "airlift/port/network.hpp"

namespace airlift::firmware {

/// Nothing when it is not IPv4.
[[nodiscard]] std::optional<ip_addr_t> to_lwip(const port::IpAddress& address);
[[nodiscard]] port::IpAddress from_lwip(const ip_addr_t& address);

}  // namespace airlift::firmware
