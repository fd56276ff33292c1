#pragma once
// Arduino's addresses and core's. The ESP8266's network is IPv4.

#if defined(ARDUINO_ARCH_ESP8266)

#include <IPAddress.h>

#include "airlift/port/network.hpp"

namespace airlift::arduino::esp8266 {

[[nodiscard]] inline port::Endpoint endpoint(const IPAddress& address, std::uint16_t port) {
  port::Endpoint result;
  result.address.bytes[10] = result.address.bytes[11] = 0xFF;
  for (std::size_t i = 0; i < 4; ++i) result.address.bytes[12 + i] = address[static_cast<int>(i)];
  result.port = port;
  return result;
}

[[nodiscard]] inline IPAddress address_of(const port::Endpoint& endpoint) {
  const auto& bytes = endpoint.address.bytes;
  return {bytes[12], bytes[13], bytes[14], bytes[15]};
}

}  // namespace airlift::arduino::esp8266

#endif
