#include "airlift/boot/journal_pages.hpp"

#include <algorithm>

namespace airlift::boot {

std::uint32_t JournalPages::stride() const {
  const std::uint32_t unit = flash_.geometry().write_align_bytes;
  return (entry_bytes_ + unit - 1) / unit * unit;
}

Area JournalPages::page_at(std::uint32_t start) const {
  Area page{start, 0};
  while (!holds_entry(page) && page.end() < area_.end()) {
    page.size_bytes += flash_.sector_at(page.end()).size_bytes;
  }
  return page;
}

Area JournalPages::next(const Area& page) const {
  const Area behind = page_at(page.end());
  return holds_entry(behind) ? behind : first();
}

bool JournalPages::is_erased(std::uint32_t place) const {
  const std::uint8_t erased = flash_.geometry().erased_value;
  std::array<std::uint8_t, longest_entry_bytes> bytes{};
  const MutableBytes entry = MutableBytes{bytes}.first(stride());
  return flash_.read(place, entry).ok() &&
         std::all_of(entry.begin(), entry.end(), [&](std::uint8_t byte) { return byte == erased; });
}

std::uint32_t JournalPages::free_place_in(const Area& page) const {
  std::uint32_t free = page.address + page.size_bytes / stride() * stride();
  while (free > page.address && is_erased(free - stride())) free -= stride();
  return page.end() - free >= stride() ? free : page.end();
}

Status JournalPages::program(std::uint32_t place, Bytes entry) {
  std::array<std::uint8_t, longest_entry_bytes> padded{};
  padded.fill(flash_.geometry().erased_value);
  std::copy(entry.begin(), entry.end(), padded.begin());
  return flash_.program(place, Bytes{padded}.first(stride()));
}

}  // namespace airlift::boot
