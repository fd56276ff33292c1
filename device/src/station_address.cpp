#include "station_address.hpp"

#include <array>
#include <cctype>
#include <fstream>

#include "airlift/codec/text.hpp"
#include "airlift_posix/interfaces.hpp"
#include "airlift_posix/replace_file.hpp"

namespace airlift::device {
namespace {

using posix::HardwareAddress;

HardwareAddress kept_address(const std::string& path, port::Entropy& entropy) {
  HardwareAddress address{};
  std::string line;
  std::ifstream file{path};
  std::getline(file, line);
  if (codec::from_hex(line, address)) return address;
  if (!entropy.fill(address).ok()) return {};
  // IEEE 802: one station, an address of its administrator's choice.
  address[0] = static_cast<std::uint8_t>((address[0] & 0xFCU) | 0x02U);
  // What cannot be kept is another one next time.
  [[maybe_unused]] const bool kept =
      posix::replace_file(path, std::string{codec::view(codec::to_hex(address))} + "\n");
  return address;
}

}  // namespace

StationAddress station_address(const std::string& state_directory, port::Entropy& entropy) {
  const auto found = posix::first_hardware_address();
  const HardwareAddress address = found ? *found : kept_address(state_directory + "/station", entropy);
  StationAddress station;
  for (std::size_t i = 0; i < address.size(); ++i) {
    std::array<char, 2> digits = codec::to_hex(std::array{address[i]});
    if (i > 0) station.mac += ':';
    for (const char digit : digits) station.mac += static_cast<char>(std::toupper(digit));
    if (i >= 3) station.chip_id = station.chip_id << 8U | address[i];
  }
  return station;
}

}  // namespace airlift::device
