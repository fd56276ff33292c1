#include "airlift/boot/history.hpp"

#include <algorithm>

namespace airlift::boot {
namespace {

/// Puts `entry` where it belongs among the newest, or nowhere.
void insert(RecentUpdates& updates, const HistoryEntry& entry) {
  HistoryEntry* const begin = updates.entries.data();
  HistoryEntry* end = begin + updates.count;
  HistoryEntry* const same =
      std::find_if(begin, end, [&](const HistoryEntry& known) { return known.number == entry.number; });
  if (same != end) {
    if (entry.sequence > same->sequence) *same = entry;
    return;
  }
  HistoryEntry* const place =
      std::find_if(begin, end, [&](const HistoryEntry& known) { return known.number < entry.number; });
  if (place == begin + RecentUpdates::most) return;
  if (updates.count < RecentUpdates::most) {
    ++updates.count;
    ++end;
  }
  std::copy_backward(place, end - 1, end);
  *place = entry;
}

/// What became of an installed update: not known yet, or its result and cause.
struct Outcome {
  bool known{false};
  UpdateResult result{UpdateResult::installed};
  UpdateError cause{UpdateError::none};
};

Outcome outcome_of(const HistoryEntry& entry, const BootRecord& record) {
  // An image that was replaced, or not named by the record in the end, was never started.
  constexpr Outcome never_started{true, UpdateResult::rolled_back, UpdateError::cancelled};
  if (entry.slot == SlotId::none) return never_started;
  const SlotInfo& slot = record.of(entry.kind).at(entry.slot);
  if (slot.image.empty() || prefix_of(slot.image.sha256) != entry.to) return never_started;
  switch (slot.state) {
    case SlotState::staged:
    case SlotState::trying:
      return {};
    case SlotState::good:
      // In use without ever having been confirmed, for want of another: it stays "installed".
      if (slot.reason != UpdateError::none) return {};
      return {true, UpdateResult::confirmed, UpdateError::none};
    case SlotState::bad:
      return {true, UpdateResult::rolled_back, slot.reason};
    case SlotState::empty:
      break;
  }
  return never_started;
}

}  // namespace

template <typename Visit>
void History::for_each(Visit visit) {
  pages_.for_each([&](std::uint32_t place, const Area& page) {
    HistoryEntryBytes bytes{};
    if (!flash_.read(place, bytes).ok()) return;
    const Result<HistoryEntry> entry = decode(bytes);
    if (entry.ok()) visit(entry.value(), page);
  });
}

void History::load() {
  last_sequence_ = last_number_ = 0;
  page_ = pages_.first();
  for_each([&](const HistoryEntry& entry, const Area& page) {
    last_number_ = std::max(last_number_, entry.number);
    if (entry.sequence <= last_sequence_) return;
    last_sequence_ = entry.sequence;
    page_ = page;
  });
}

RecentUpdates History::recent() {
  RecentUpdates updates;
  for_each([&](const HistoryEntry& entry, const Area&) { insert(updates, entry); });
  return updates;
}

std::optional<HistoryEntry> History::newest() {
  std::optional<HistoryEntry> newest;
  for_each([&](const HistoryEntry& entry, const Area&) {
    const bool newer = !newest || entry.number > newest->number ||
                       (entry.number == newest->number && entry.sequence > newest->sequence);
    if (newer) newest = entry;
  });
  return newest;
}

Status History::enter_next_page() {
  page_ = pages_.next(page_);
  return flash_.erase(page_.address, page_.end());
}

Status History::program_next(const HistoryEntryBytes& entry) {
  std::uint32_t place = pages_.free_place_in(page_);
  if (place == page_.end()) {
    if (const Status entered = enter_next_page(); !entered.ok()) return entered;
    place = page_.address;
  }
  return pages_.program(place, entry);
}

Status History::append(HistoryEntry& entry) {
  if (!pages_.holds_entry(pages_.first())) return {};
  entry.sequence = ++last_sequence_;
  const HistoryEntryBytes bytes = encode(entry);
  if (program_next(bytes).ok()) return {};
  // A worn-out sector must not end the journal.
  if (const Status entered = enter_next_page(); !entered.ok()) return entered;
  return program_next(bytes);
}

Status History::add(HistoryEntry& entry) {
  entry.number = ++last_number_;
  return append(entry);
}

Status History::settle(const BootRecord& record) {
  const RecentUpdates updates = recent();
  for (const HistoryEntry& update : updates.view()) {
    if (update.result != UpdateResult::installed) continue;
    const Outcome outcome = outcome_of(update, record);
    if (!outcome.known) continue;
    HistoryEntry settled = update;
    settled.result = outcome.result;
    settled.cause = outcome.cause;
    if (const Status appended = append(settled); !appended.ok()) return appended;
  }
  return {};
}

}  // namespace airlift::boot
