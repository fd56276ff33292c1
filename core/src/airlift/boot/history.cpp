#include "airlift/boot/history.hpp"

#include <algorithm>

namespace airlift::boot {
namespace {

/// With write units of up to 512 bytes.
constexpr std::size_t longest_stride_bytes{512};

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
      return {true, UpdateResult::confirmed, UpdateError::none};
    case SlotState::bad:
      return {true, UpdateResult::rolled_back, slot.reason};
    case SlotState::empty:
      break;
  }
  return never_started;
}

}  // namespace

std::uint32_t History::entry_stride() const {
  const std::uint32_t unit = flash_.geometry().write_align_bytes;
  return (static_cast<std::uint32_t>(history_entry_bytes) + unit - 1) / unit * unit;
}

template <typename Visit>
void History::for_each(Visit visit) {
  const std::uint32_t stride = entry_stride();
  for (std::uint32_t start = area_.address; start < area_.end();) {
    const port::FlashSector sector = flash_.sector_at(start);
    for (std::uint32_t at = sector.address; sector.end() - at >= stride; at += stride) {
      HistoryEntryBytes bytes{};
      if (!flash_.read(at, bytes).ok()) continue;
      const Result<HistoryEntry> entry = decode(bytes);
      if (entry.ok()) visit(entry.value(), sector);
    }
    start = sector.end();
  }
}

void History::load() {
  last_sequence_ = last_number_ = 0;
  if (area_.size_bytes > 0) sector_ = flash_.sector_at(area_.address);
  for_each([&](const HistoryEntry& entry, const port::FlashSector& sector) {
    last_number_ = std::max(last_number_, entry.number);
    if (entry.sequence <= last_sequence_) return;
    last_sequence_ = entry.sequence;
    sector_ = sector;
  });
}

RecentUpdates History::recent() {
  RecentUpdates updates;
  for_each([&](const HistoryEntry& entry, const port::FlashSector&) { insert(updates, entry); });
  return updates;
}

bool History::is_erased(std::uint32_t address) {
  const std::uint8_t erased = flash_.geometry().erased_value;
  HistoryEntryBytes bytes{};
  return flash_.read(address, bytes).ok() &&
         std::all_of(bytes.begin(), bytes.end(), [&](std::uint8_t byte) { return byte == erased; });
}

/// The end of the sector when it is full. What a power cut has half written is passed over.
std::uint32_t History::free_place_in(const port::FlashSector& sector) {
  const std::uint32_t stride = entry_stride();
  std::uint32_t free = sector.address + sector.size_bytes / stride * stride;
  while (free > sector.address && is_erased(free - stride)) free -= stride;
  return sector.end() - free >= stride ? free : sector.end();
}

port::FlashSector History::sector_after(const port::FlashSector& sector) const {
  return flash_.sector_at(sector.end() < area_.end() ? sector.end() : area_.address);
}

Status History::enter_next_sector() {
  sector_ = sector_after(sector_);
  return flash_.erase_sector(sector_.address);
}

Status History::program_next(const HistoryEntryBytes& entry) {
  std::uint32_t place = free_place_in(sector_);
  if (place == sector_.end()) {
    if (const Status entered = enter_next_sector(); !entered.ok()) return entered;
    place = sector_.address;
  }
  std::array<std::uint8_t, longest_stride_bytes> padded{};
  padded.fill(flash_.geometry().erased_value);
  std::copy(entry.begin(), entry.end(), padded.begin());
  return flash_.program(place, Bytes{padded}.first(entry_stride()));
}

Status History::append(HistoryEntry& entry) {
  if (area_.size_bytes == 0) return {};
  entry.sequence = ++last_sequence_;
  const HistoryEntryBytes bytes = encode(entry);
  if (program_next(bytes).ok()) return {};
  // A worn-out sector must not end the journal.
  if (const Status entered = enter_next_sector(); !entered.ok()) return entered;
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
