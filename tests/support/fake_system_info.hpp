#pragma once
// A board that knows of itself what the test says.

#include <optional>
#include <vector>

#include "airlift/port/system_info.hpp"

namespace airlift::testing {

class FakeSystemInfo final : public port::SystemInfo {
 public:
  [[nodiscard]] std::string_view version() const override { return "1.2.3"; }
  [[nodiscard]] seconds uptime() override { return up; }
  [[nodiscard]] std::uint64_t free_bytes() override { return free; }
  [[nodiscard]] std::optional<port::IpAddress> address(std::size_t index) override {
    return index < addresses.size() ? std::optional{addresses[index]} : std::nullopt;
  }

  seconds up{42};
  std::uint64_t free{5'000'000'000};
  std::vector<port::IpAddress> addresses;
};

}  // namespace airlift::testing
