// The journal of updates: core/src/airlift/boot/history.hpp.
// Input: entries of 156 bytes, which get their checksums here; a last, shorter one stays as it is.

#include "airlift/boot/history.hpp"
#include "boot_rig.hpp"

using airlift::Bytes;
using airlift::fuzz::require;
namespace boot = airlift::boot;

namespace {

void check_order(const boot::RecentUpdates& updates) {
  require(updates.count <= boot::RecentUpdates::most, "there are not more than the last updates");
  for (std::size_t i = 1; i < updates.count; ++i) {
    require(updates.entries[i].number < updates.entries[i - 1].number, "the newest is the first, none twice");
  }
}

/// Numbers that are about to wrap cannot come from this engine.
bool may_go_on(const boot::RecentUpdates& updates) {
  return std::all_of(updates.view().begin(), updates.view().end(), [](const boot::HistoryEntry& entry) {
    return entry.number < 0xFFFF0000 && entry.sequence < 0xFFFF0000;
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t body_bytes{boot::history_entry_bytes - 4};
  constexpr auto stride = static_cast<std::uint32_t>(boot::history_entry_bytes);
  airlift::fuzz::BootRig rig;
  const boot::Area area = airlift::fuzz::small_map().history;
  Bytes rest{data, size};
  for (std::uint32_t at = area.address; at + stride <= area.end() && rest.size() >= body_bytes;
       at += stride) {
    // Six entries in a sector, then some bytes are left over.
    if (airlift::fuzz::sector_bytes - at % airlift::fuzz::sector_bytes < stride) {
      at = (at / airlift::fuzz::sector_bytes + 1) * airlift::fuzz::sector_bytes;
      if (at + stride > area.end()) break;
    }
    rig.put_with_checksum(at, rest, body_bytes);
    rest = rest.subspan(body_bytes);
  }
  boot::History history{rig.flash, area};
  history.load();
  check_order(history.recent());
  require(history.settle(boot::BootRecord{}).ok(), "open updates can be settled");
  check_order(history.recent());
  const bool newest_counts = may_go_on(history.recent());
  boot::HistoryEntry entry;
  entry.source = boot::SourceText{"fuzz"};
  require(history.add(entry).ok(), "an update can be noted");
  const boot::RecentUpdates updates = history.recent();
  check_order(updates);
  require(!newest_counts || updates.entries[0].source.view() == "fuzz", "and it is the newest");
  return 0;
}
