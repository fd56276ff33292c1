// For devices that keep no journal of updates.

#include "airlift/boot/history.hpp"

namespace airlift::boot {

void History::load() {}

RecentUpdates History::recent() {
  return {};
}

std::optional<HistoryEntry> History::newest() {
  return std::nullopt;
}

Status History::add(HistoryEntry&) {
  return {};
}

Status History::append(HistoryEntry&) {
  return {};
}

Status History::settle(const BootRecord&) {
  return {};
}

}  // namespace airlift::boot
