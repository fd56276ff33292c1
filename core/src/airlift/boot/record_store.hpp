#pragma once
// The copies of the boot record on the flash. Saving is atomic and never touches the newest copy; a sector
// that cannot be written any more costs its copy only. Rules: docs/design/storage.md.

#include "airlift/boot/boot_record.hpp"
#include "airlift/boot/flash_map.hpp"

namespace airlift::boot {

class RecordStore {
 public:
  /// `flash` outlives the store. `area` has room for three copies at least.
  RecordStore(port::Flash& flash, Area area) : flash_{flash}, area_{area} {}

  /// Puts the newest valid copy into `newest`. Outcomes: ok; and with `newest` as it was: no_boot_record:
  /// none is valid; flash_read: none is, and one could not be read; flash_misuse: the area has no room for
  /// three copies.
  [[nodiscard]] Status load(BootRecord& newest);

  /// Makes `record` the newest and sets its sequence number, above the one it has and all that were used.
  /// Outcomes: ok: it rules from now on, whatever happens; flash_write: no copy could be written, the record
  /// loaded or saved last rules as before.
  [[nodiscard]] Status save(BootRecord& record);

 private:
  static constexpr std::size_t most_copies{16};

  /// Sectors that hold one copy.
  struct Copies {
    std::array<Area, most_copies> areas{};
    std::size_t count{0};
  };

  [[nodiscard]] Copies copies() const;
  [[nodiscard]] Status read(const Area& copy, BootRecord& record);
  [[nodiscard]] Status write(const Area& copy, const BootRecordBytes& bytes);

  port::Flash& flash_;
  Area area_;
  std::size_t newest_copy_{most_copies};  ///< most_copies: none is valid
  std::uint32_t sequence_{0};             ///< the highest ever used, perhaps by a save that failed
};

}  // namespace airlift::boot
