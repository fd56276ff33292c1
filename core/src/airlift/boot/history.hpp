#pragma once
// The journal of updates on the flash. It never decides anything: when it cannot be written, an entry is lost
// and nothing else. Rules: docs/design/storage.md.

#include <optional>

#include "airlift/boot/history_entry.hpp"
#include "airlift/boot/journal_pages.hpp"

namespace airlift::boot {

/// The last updates, the newest first.
struct RecentUpdates {
  static constexpr std::size_t most{16};
  std::array<HistoryEntry, most> entries{};
  std::size_t count{0};
  [[nodiscard]] Span<const HistoryEntry> view() const {
    return Span<const HistoryEntry>{entries}.first(count);
  }
};

class History {
 public:
  /// `flash` outlives the history. An area without room for an entry keeps nothing.
  History(port::Flash& flash, const Area& area)
      : flash_{flash}, pages_{flash, area, history_entry_bytes}, page_{area.end(), 0} {}

  /// Finds the end of the journal. Call it before the others.
  void load();

  /// The last updates, each with its newest entry.
  [[nodiscard]] RecentUpdates recent();

  /// The newest entry of the last update; nothing: there is none. Takes little stack.
  [[nodiscard]] std::optional<HistoryEntry> newest();

  /// Changes with each entry: who keeps what recent() gave sees when it is old.
  [[nodiscard]] std::uint32_t version() const { return last_sequence_; }

  /// Notes a new update and gives it its number. Outcomes: ok; flash_write, flash_erase: not noted.
  [[nodiscard]] Status add(HistoryEntry& entry);

  /// Notes how an update of add() went on: this entry counts from now on. Outcomes: as add().
  [[nodiscard]] Status amend(HistoryEntry& entry) { return append(entry); }

  /// Notes what became of updates that were installed, where `record` tells. Outcomes: as add().
  [[nodiscard]] Status settle(const BootRecord& record);

 private:
  /// Calls `visit` with each valid entry, in the order of the flash.
  template <typename Visit>
  void for_each(Visit visit);
  [[nodiscard]] Status append(HistoryEntry& entry);
  [[nodiscard]] Status program_next(const HistoryEntryBytes& entry);
  [[nodiscard]] Status enter_next_page();

  port::Flash& flash_;
  JournalPages pages_;
  std::uint32_t last_sequence_{0};
  std::uint32_t last_number_{0};
  Area page_;  ///< that of the newest entry
};

}  // namespace airlift::boot
