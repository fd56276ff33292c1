#pragma once
// The boot record: which slot is in use and what each slot holds. Format and commit rule:
// docs/design/storage.md.

#include <array>

#include "airlift/base/status.hpp"
#include "airlift/image/image.hpp"
#include "airlift/port/flash.hpp"

namespace airlift::boot {

enum class SlotId : std::uint8_t { a = 0, b = 1, none = 255 };

[[nodiscard]] constexpr SlotId other(SlotId slot) {
  return slot == SlotId::a ? SlotId::b : SlotId::a;
}
[[nodiscard]] constexpr std::string_view name_of(SlotId slot) {
  return slot == SlotId::a ? "A" : slot == SlotId::b ? "B" : "none";
}

struct BootRecord {
  struct Slots {
    SlotId active{SlotId::none};
    std::array<image::Identity, 2> images{};  ///< by SlotId
  };
  std::array<Slots, image::kinds> slots{};  ///< by image::Kind
  std::uint32_t sequence{0};

  [[nodiscard]] Slots& of(image::Kind kind) { return slots[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const Slots& of(image::Kind kind) const { return slots[static_cast<std::size_t>(kind)]; }
};

inline constexpr std::size_t boot_record_bytes{176};
using BootRecordBytes = std::array<std::uint8_t, boot_record_bytes>;

[[nodiscard]] BootRecordBytes encode(const BootRecord& record);
/// Outcomes: the record; no_boot_record: wrong magic, version, checksum or slot number.
[[nodiscard]] Result<BootRecord> decode(const BootRecordBytes& bytes);

}  // namespace airlift::boot
