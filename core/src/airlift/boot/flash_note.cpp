#include "airlift/boot/flash_note.hpp"

#include <algorithm>
#include <cassert>

#include "airlift/base/endian.hpp"
#include "airlift/boot/boot_record.hpp"
#include "airlift/codec/crc32.hpp"

namespace airlift::boot {
namespace {

constexpr std::uint32_t magic{0x314E4C41};  // "ALN1"
constexpr std::size_t sequence_at{4};
constexpr std::size_t record_at{8};
constexpr std::size_t around_bytes{12};  // magic, sequence, and the CRC behind the record

}  // namespace

FlashNote::FlashNote(port::Flash& flash, const Area& area, std::size_t size_bytes)
    : flash_{flash}, size_bytes_{size_bytes}, pages_{flash, area, size_bytes + around_bytes} {
  assert(size_bytes > 0 && size_bytes <= longest_bytes);
}

bool FlashNote::read(std::uint32_t place, Entry& entry) {
  const std::size_t crc_at = record_at + size_bytes_;
  return flash_.read(place, MutableBytes{entry}.first(size_bytes_ + around_bytes)).ok() &&
         load_le32(&entry[0]) == magic && load_le32(&entry[crc_at]) == codec::crc32({entry.data(), crc_at});
}

FlashNote::Newest FlashNote::find() {
  Newest newest;
  newest.page = pages_.first();
  pages_.for_each([&](std::uint32_t place, const Area& page) {
    Entry entry{};
    if (!read(place, entry)) return;
    const std::uint32_t sequence = load_le32(&entry[sequence_at]);
    if (!newest.found || is_newer(sequence, newest.sequence)) newest = {true, sequence, place, page};
  });
  return newest;
}

Status FlashNote::load(MutableBytes into) {
  assert(into.size() == size_bytes_);
  const Newest newest = find();
  Entry entry{};
  if (!newest.found || !read(newest.place, entry)) return UpdateError::storage_failed;
  std::copy_n(&entry[record_at], size_bytes_, into.begin());
  return {};
}

Status FlashNote::write(std::uint32_t place, Bytes entry) {
  if (const Status written = pages_.program(place, entry); !written.ok()) return written;
  if (const Status flushed = flash_.flush(); !flushed.ok()) return flushed;
  return flash_.compare(place, entry);
}

Status FlashNote::write_into(const Area& page, Bytes entry) {
  if (const Status erased = flash_.erase(page.address, page.end()); !erased.ok()) return erased;
  return write(page.address, entry);
}

Status FlashNote::store(Bytes record) {
  assert(record.size() == size_bytes_);
  const Newest newest = find();
  const Area page = newest.page;
  if (!pages_.holds_entry(page) || pages_.next(page).address == page.address)
    return UpdateError::flash_misuse;
  Entry entry{};
  const std::size_t crc_at = record_at + size_bytes_;
  store_le32(&entry[0], magic);
  store_le32(&entry[sequence_at], newest.sequence + 1);
  std::copy(record.begin(), record.end(), &entry[record_at]);
  store_le32(&entry[crc_at], codec::crc32({entry.data(), crc_at}));
  const Bytes bytes = Bytes{entry}.first(size_bytes_ + around_bytes);

  const std::uint32_t free = pages_.free_place_in(page);
  if (free != page.end() && write(free, bytes).ok()) return {};
  // Never the page of the newest one; one that is worn out costs its room only.
  for (Area next = pages_.next(page); next.address != page.address; next = pages_.next(next)) {
    if (write_into(next, bytes).ok()) return {};
  }
  return UpdateError::storage_failed;
}

std::uint8_t FlashResetMemory::read() {
  std::array<std::uint8_t, 1> number{};
  return note_.load(number).ok() ? number[0] : 0;
}

Status FlashResetMemory::write(std::uint8_t number) {
  return note_.store(std::array{number}).ok() ? Status{} : UpdateError::storage_failed;
}

}  // namespace airlift::boot
