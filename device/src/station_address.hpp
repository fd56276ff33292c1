#pragma once
// The MAC by which update servers know a device.

#include <string>

#include "airlift/port/system.hpp"

namespace airlift::device {

struct StationAddress {
  std::string mac;           ///< `AA:BB:CC:DD:EE:FF`
  std::uint32_t chip_id{0};  ///< its last three bytes, as on an ESP8266
};

/// Of the machine's first network interface that is hardware. Where there is none, as in a container: a
/// random one, locally administered, which is kept in the state directory.
[[nodiscard]] StationAddress station_address(const std::string& state_directory, port::Entropy& entropy);

}  // namespace airlift::device
