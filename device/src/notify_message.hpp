#pragma once
// What an application tells its supervisor by the systemd notify protocol, sd_notify(3); and one word of
// ours.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "airlift/base/time.hpp"

namespace airlift::device {

inline constexpr std::size_t longest_notify_bytes{4096};
inline constexpr std::size_t longest_status_chars{200};
inline constexpr milliseconds longest_watchdog_period{24 * 60 * 60 * 1000};

/// All the assignments of one datagram.
struct NotifyMessage {
  enum class Watchdog : std::uint8_t {
    silent,
    alive,   ///< WATCHDOG=1
    failed,  ///< WATCHDOG=trigger: the application itself found out that it hangs
  };

  bool ready{false};
  bool stopping{false};
  bool check{false};  ///< CHECK=1: somebody wants the device to look for an update now
  Watchdog watchdog{Watchdog::silent};
  /// From now on; rounded up, at most longest_watchdog_period; 0: no watchdog any more.
  std::optional<milliseconds> watchdog_period;
  std::optional<std::string> status;  ///< for people: printable ASCII, its first longest_status_chars
};

/// Reads lines NAME=VALUE as systemd's manager does: unknown names and values that it would ignore are
/// ignored, and a datagram with a zero byte other than the last, or of more than longest_notify_bytes, says
/// nothing.
[[nodiscard]] NotifyMessage parse_notify(std::string_view datagram);

}  // namespace airlift::device
