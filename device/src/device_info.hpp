#pragma once
// What a Linux device knows about itself.

#include <string>

#include "airlift/port/system_info.hpp"
#include "airlift_posix/steady_clock.hpp"

namespace airlift::device {

class DeviceInfo final : public port::SystemInfo {
 public:
  /// Of a device that listens on `bind_address`; its uptime counts from now. `version` is a constant.
  DeviceInfo(std::string_view version, std::string state_directory, const port::IpAddress& bind_address);

  [[nodiscard]] std::string_view version() const override { return version_; }
  [[nodiscard]] seconds uptime() override;
  /// Of the file system with the state directory; 0: it cannot be told.
  [[nodiscard]] std::uint64_t free_bytes() override;
  /// Without the loopback interface, unless the device listens there only.
  [[nodiscard]] std::optional<port::IpAddress> address(std::size_t index) override;

 private:
  std::string_view version_;
  std::string state_directory_;
  port::IpAddress bind_address_;
  posix::SteadyClock clock_;
  Instant started_at_;
};

}  // namespace airlift::device
