#include "airlift/boot/record_store.hpp"

#include <algorithm>

namespace airlift::boot {
namespace {

constexpr std::size_t fewest_copies{3};

}  // namespace

RecordStore::Copies RecordStore::copies() const {
  Copies result;
  for (std::uint32_t at = area_.address; at < area_.end() && result.count < most_copies;) {
    Area copy{at, 0};
    while (copy.size_bytes < boot_record_bytes && copy.end() < area_.end()) {
      copy.size_bytes += flash_.sector_at(copy.end()).size_bytes;
    }
    if (copy.size_bytes >= boot_record_bytes) result.areas[result.count++] = copy;
    at = copy.end();
  }
  return result;
}

Status RecordStore::read(const Area& copy, BootRecord& record) {
  BootRecordBytes bytes{};
  if (const Status read = flash_.read(copy.address, bytes); !read.ok()) return read;
  return decode(bytes, record);
}

Status RecordStore::load(BootRecord& newest) {
  const Copies all = copies();
  if (all.count < fewest_copies) return UpdateError::flash_misuse;
  BootRecord found;
  UpdateError why_none{UpdateError::no_boot_record};
  newest_copy_ = most_copies;
  for (std::size_t i = 0; i < all.count; ++i) {
    if (const Status read = this->read(all.areas[i], found); !read.ok()) {
      if (read.error() != UpdateError::no_boot_record) why_none = read.error();
      continue;
    }
    if (newest_copy_ != most_copies && !is_newer(found.sequence, newest.sequence)) continue;
    newest = found;
    newest_copy_ = i;
  }
  if (newest_copy_ == most_copies) return why_none;
  sequence_ = newest.sequence;
  return {};
}

Status RecordStore::write(const Area& copy, const BootRecordBytes& bytes) {
  if (const Status erased = flash_.erase(copy.address, copy.end()); !erased.ok()) return erased;
  if (const Status written = flash_.program(copy.address, bytes); !written.ok()) return written;
  if (const Status flushed = flash_.flush(); !flushed.ok()) return flushed;
  return flash_.compare(copy.address, bytes);
}

Status RecordStore::save(BootRecord& record) {
  const Copies all = copies();
  // What the record names must be on the medium before the record can be.
  if (const Status flushed = flash_.flush(); !flushed.ok()) return flushed;
  if (is_newer(record.sequence, sequence_)) sequence_ = record.sequence;
  record.sequence = ++sequence_;
  const BootRecordBytes bytes = encode(record);
  const std::size_t first = newest_copy_ == most_copies ? 0 : newest_copy_ + 1;
  for (std::size_t i = 0; i < all.count; ++i) {
    const std::size_t copy = (first + i) % all.count;
    if (copy == newest_copy_) continue;
    if (write(all.areas[copy], bytes).ok()) {
      newest_copy_ = copy;
      return {};
    }
    // What is told to have failed must not rule after a restart.
    [[maybe_unused]] const Status best_effort = flash_.erase(all.areas[copy].address, all.areas[copy].end());
  }
  return UpdateError::flash_write;
}

}  // namespace airlift::boot
