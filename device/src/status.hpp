#pragma once
// What a device has on its flash: read without its lock, so that looking never disturbs it.

#include <string>

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "airlift/boot/history.hpp"
#include "update_note.hpp"

namespace airlift::device {

struct DeviceStatus {
  std::string state_directory;
  bool running{false};     ///< a device runs with this state directory
  std::string mode;        ///< in which it has started; empty: it does not run
  std::uint8_t resets{0};  ///< starts in a row without good running
  bool has_record{false};  ///< false: `record` is empty
  boot::BootRecord record;
  boot::RecentUpdates history;
  std::uint32_t largest_image_bytes{0};
  std::optional<UpdateNote> update;  ///< nothing: no update element runs
};

/// Throws std::runtime_error or std::system_error with what to do.
[[nodiscard]] DeviceStatus read_status(const std::string& state_directory);

/// For people: lines that end with a line feed.
[[nodiscard]] std::string status_text(const DeviceStatus& status);

/// For programs; the form is described in docs/linux-device.md.
[[nodiscard]] std::string status_json(const DeviceStatus& status);

/// Number, name, text and advice; null for none.
[[nodiscard]] nlohmann::ordered_json error_json(UpdateError error);

/// ISO 8601 in UTC; empty: unknown.
[[nodiscard]] std::string time_text(std::uint64_t unix_seconds);

}  // namespace airlift::device
