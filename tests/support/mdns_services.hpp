#pragma once
// What tests advertise.

#include <unistd.h>

#include <string>
#include <string_view>

#include "airlift/port/advertiser.hpp"
#include "airlift_posix/address.hpp"

namespace airlift::testing {

inline constexpr std::string_view service_type{"_arduino._tcp"};

[[nodiscard]] inline port::IpAddress mdns_address() {
  return *posix::parse_address("127.0.0.1");
}

/// Tests of several processes share the loopback interface.
[[nodiscard]] inline std::string own_name(const char* name) {
  return "airlift-" + std::to_string(getpid()) + "-" + name;
}

[[nodiscard]] inline port::Service service(std::uint16_t port, Span<const port::TxtEntry> txt = {}) {
  return {service_type, port, txt};
}

}  // namespace airlift::testing
