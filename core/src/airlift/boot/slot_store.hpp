#pragma once
// The slots and the boot record on a flash: where what lies, reading and committing the record, boot
// candidates. Layout: docs/design/storage.md.

#include "airlift/boot/boot_record.hpp"

namespace airlift::boot {

/// A range of flash that holds an image.
struct SlotArea {
  std::uint32_t address{0};
  std::uint32_t size_bytes{0};
};

struct SlotSizes {
  std::uint32_t firmware_bytes{0};    ///< of one slot; a multiple of the sector size
  std::uint32_t filesystem_bytes{0};  ///< likewise
};

class SlotStore {
 public:
  /// `flash` outlives the store.
  SlotStore(port::Flash& flash, SlotSizes sizes);

  /// The flash size that `sizes` need.
  [[nodiscard]] static std::uint64_t flash_bytes(std::uint32_t sector_bytes, SlotSizes sizes);

  /// Reads the newest valid record. Outcomes: ok; no_boot_record: none is valid (record() is then an empty
  /// one and a commit makes the first); flash_read; flash_misuse: the flash is too small for the slots.
  [[nodiscard]] Status load();

  [[nodiscard]] const BootRecord& record() const { return record_; }
  [[nodiscard]] port::Flash& flash() { return flash_; }
  [[nodiscard]] SlotArea area(image::Kind kind, SlotId slot) const;
  [[nodiscard]] std::uint32_t slot_bytes(image::Kind kind) const;
  /// The slot that a new image of this kind goes to: never the active one.
  [[nodiscard]] SlotId inactive(image::Kind kind) const { return other(record_.of(kind).active); }

  /// Makes `image`, written to the inactive slot, the active one, atomically: before the last write the old
  /// record rules. Outcomes: ok; flash_write, flash_erase: the old record still rules.
  [[nodiscard]] Status commit(image::Kind kind, const image::Identity& image);

 private:
  [[nodiscard]] std::uint32_t record_address(std::uint32_t copy) const { return copy * sector_bytes_; }
  [[nodiscard]] Result<BootRecord> read_copy(std::uint32_t copy);

  port::Flash& flash_;
  SlotSizes sizes_;
  std::uint32_t sector_bytes_;
  BootRecord record_;
  std::uint32_t newest_copy_{1};  ///< the next commit goes to the other one
};

}  // namespace airlift::boot
