#pragma once
// One small record on the flash, the newest counts: for what a device has to know over resets. Format:
// docs/design/storage.md.

#include "airlift/boot/journal_pages.hpp"
#include "airlift/port/reset_memory.hpp"

namespace airlift::boot {

class FlashNote {
 public:
  static constexpr std::size_t longest_bytes{JournalPages::longest_entry_bytes - 16};

  /// `flash` outlives the note. `area`: two sectors or more, or more of them where a sector holds no note.
  /// `size_bytes`: of each record, 1 to the longest.
  FlashNote(port::Flash& flash, const Area& area, std::size_t size_bytes);

  /// Fills `into`, of the record's size. Outcomes: ok; storage_failed: nothing valid is there.
  [[nodiscard]] Status load(MutableBytes into);

  /// Replaces the record by one of the same size. It is atomic: whenever power fails, the old one or the new
  /// one is there. Outcomes: ok: the new one is there from now on; storage_failed: the old one rules, or the
  /// new one where the flash has kept what it says it has not; flash_misuse: the area has no room for two
  /// notes.
  [[nodiscard]] Status store(Bytes record);

 private:
  using Entry = std::array<std::uint8_t, JournalPages::longest_entry_bytes>;
  struct Newest {
    bool found{false};
    std::uint32_t sequence{0};
    std::uint32_t place{0};
    Area page;
  };
  [[nodiscard]] Newest find();
  [[nodiscard]] bool read(std::uint32_t place, Entry& entry);
  [[nodiscard]] Status write(std::uint32_t place, Bytes entry);
  [[nodiscard]] Status write_into(const Area& page, Bytes entry);

  port::Flash& flash_;
  std::size_t size_bytes_;
  JournalPages pages_;
};

/// The resets in a row, in a note of one byte.
class FlashResetMemory final : public port::ResetMemory {
 public:
  FlashResetMemory(port::Flash& flash, const Area& area) : note_{flash, area, 1} {}
  [[nodiscard]] std::uint8_t read() override;
  [[nodiscard]] Status write(std::uint8_t number) override;

 private:
  FlashNote note_;
};

}  // namespace airlift::boot
