#pragma once
// A device to talk to: what it is called and where it may be reached.

#include <string>
#include <vector>

#include "airlift/base/span.hpp"
#include "airlift/port/network.hpp"

namespace airlift::cli {

struct Target {
  std::string name;                       ///< as the device calls itself when mDNS told, else as the user did
  std::vector<port::Endpoint> endpoints;  ///< OTA port included; IPv4 first, tried in turn; never empty
  std::string board;                      ///< empty when not told
};

/// For messages: "devding (192.168.1.20:8266)", or the address alone when that is what it is called.
[[nodiscard]] std::string device_text(std::string_view name, Span<const port::Endpoint> endpoints);

}  // namespace airlift::cli
