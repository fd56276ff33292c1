#pragma once
// What a board knows about itself and shows to people.

#include <optional>
#include <string_view>

#include "airlift/base/time.hpp"
#include "airlift/port/network.hpp"

namespace airlift::port {

class SystemInfo {
 public:
  virtual ~SystemInfo() = default;

  /// Airlift's own version.
  [[nodiscard]] virtual std::string_view version() const = 0;
  /// Since the device has started.
  [[nodiscard]] virtual seconds uptime() = 0;
  /// Where the device keeps its state.
  [[nodiscard]] virtual std::uint64_t free_bytes() = 0;
  /// The addresses at which others can reach the device; nothing from the last one on.
  [[nodiscard]] virtual std::optional<IpAddress> address(std::size_t index) = 0;
};

}  // namespace airlift::port
