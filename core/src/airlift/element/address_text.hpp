#pragma once
// Addresses for log lines.

#include "airlift/base/fixed_string.hpp"
#include "airlift/port/network.hpp"

namespace airlift::element {

/// `192.168.1.5`, or the eight groups of an IPv6 address, not shortened.
[[nodiscard]] FixedString<39> address_text(const port::IpAddress& address);

}  // namespace airlift::element
