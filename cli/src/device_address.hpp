#pragma once
// Devices as the user writes them: `devding`, `192.168.1.20`, `192.168.1.20:3232`, `[fd00::1]:8266`.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "airlift/port/network.hpp"

namespace airlift::cli {

struct DeviceAddress {
  std::string host;  ///< a name or an address, without brackets
  std::optional<std::uint16_t> port;
};

/// Cuts a port off. A text with more than one colon and no brackets is an IPv6 address without a port.
[[nodiscard]] DeviceAddress split_port(std::string_view text);

/// The endpoint, port 0, of an IPv4 or IPv6 address, `%<interface>` allowed; nothing for a name.
[[nodiscard]] std::optional<port::Endpoint> numeric_endpoint(const std::string& host);

/// One NAME or ADDRESS a line; what follows a `#` is a comment.
[[nodiscard]] std::vector<std::string> parse_device_lines(std::string_view text);
/// The devices listed in the file `path`; `-` is standard input. Throws PushError.
[[nodiscard]] std::vector<std::string> read_device_file(const std::string& path);

}  // namespace airlift::cli
