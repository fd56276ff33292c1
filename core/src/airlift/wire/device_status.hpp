#pragma once
// What a device tells about itself, as lines `key=value\n`. Keys: docs/design/upload-protocol.md, "Status".

#include <array>
#include <optional>
#include <string_view>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/update_error.hpp"
#include "airlift/crypto/hash.hpp"
#include "airlift/wire/frame.hpp"

namespace airlift::wire {

using StatusVersion = FixedString<31>;

struct SlotStatus {
  FixedString<7> state;  ///< empty, staged, trying, good, bad
  UpdateError reason{UpdateError::none};
  std::optional<crypto::Sha256Digest> sha256;  ///< of the image; nothing: there is none
  StatusVersion version;                       ///< empty: unknown
};

struct KindStatus {
  char running{'-'};  ///< 'A', 'B'; '-': none
  std::uint32_t capacity_bytes{0};
  std::array<SlotStatus, 2> slots{};  ///< A, B

  /// Nothing when nothing runs.
  [[nodiscard]] const SlotStatus* running_slot() const {
    return running == '-' ? nullptr : &slots[running == 'A' ? 0 : 1];
  }
};

struct LastUpdate {
  std::uint32_t number{0};  ///< 0: there was none
  FixedString<11> result;   ///< failed, installed, confirmed, rolled_back
  UpdateError cause{UpdateError::none};
  std::array<std::uint8_t, 8> image_prefix{};  ///< of the image's SHA-256; zeros: unknown
};

struct DeviceStatus {
  FixedString<63> name;
  FixedString<64> board;
  std::array<std::uint8_t, 8> boot_id{};  ///< another one after each start
  bool on_trial{false};
  std::uint32_t trial_period_s{0};
  std::uint8_t trial_attempts{0};
  std::uint8_t trial_used{0};
  KindStatus firmware;
  KindStatus filesystem;
  LastUpdate update;
};

using StatusText = FixedString<longest_status_bytes>;
/// Always fits; a text that is not printable ASCII is made so.
[[nodiscard]] StatusText format_status(const DeviceStatus& status);
/// Takes any text: what it does not know or cannot read is left at its default.
[[nodiscard]] DeviceStatus parse_status(std::string_view text);

}  // namespace airlift::wire
