#include "device_info.hpp"

#include <sys/statvfs.h>

#include <utility>

#include "airlift_posix/address.hpp"
#include "airlift_posix/interfaces.hpp"

namespace airlift::device {

DeviceInfo::DeviceInfo(std::string_view version, std::string state_directory,
                       const port::IpAddress& bind_address)
    : version_{version},
      state_directory_{std::move(state_directory)},
      bind_address_{bind_address},
      started_at_{clock_.now()} {}

seconds DeviceInfo::uptime() {
  return std::chrono::duration_cast<seconds>(clock_.now() - started_at_);
}

std::uint64_t DeviceInfo::free_bytes() {
  struct statvfs found {};
  if (::statvfs(state_directory_.c_str(), &found) != 0) return 0;
  return std::uint64_t{found.f_bavail} * found.f_frsize;
}

std::optional<port::IpAddress> DeviceInfo::address(std::size_t index) {
  for (const posix::InterfaceAddress& candidate : posix::reachable_addresses(bind_address_)) {
    if (candidate.loopback && posix::is_any(bind_address_)) continue;
    if (index-- == 0) return candidate.address;
  }
  return std::nullopt;
}

}  // namespace airlift::device
