#include "airlift/boot/slot_store.hpp"

namespace airlift::boot {
namespace {

constexpr std::uint32_t record_copies{2};

// Sequence numbers may wrap: the newer one is ahead by less than half of the range.
bool is_newer(std::uint32_t a, std::uint32_t b) {
  return a - b - 1 < 0x7FFFFFFF;
}

}  // namespace

SlotStore::SlotStore(port::Flash& flash, SlotSizes sizes)
    : flash_{flash}, sizes_{sizes}, sector_bytes_{flash.geometry().sector_bytes} {}

std::uint64_t SlotStore::flash_bytes(std::uint32_t sector_bytes, SlotSizes sizes) {
  return std::uint64_t{record_copies} * sector_bytes + 2 * std::uint64_t{sizes.firmware_bytes} +
         2 * std::uint64_t{sizes.filesystem_bytes};
}

std::uint32_t SlotStore::slot_bytes(image::Kind kind) const {
  return kind == image::Kind::firmware ? sizes_.firmware_bytes : sizes_.filesystem_bytes;
}

SlotArea SlotStore::area(image::Kind kind, SlotId slot) const {
  const std::uint32_t size = slot_bytes(kind);
  const std::uint32_t first =
      record_copies * sector_bytes_ + (kind == image::Kind::firmware ? 0 : 2 * sizes_.firmware_bytes);
  return {first + (slot == SlotId::b ? size : 0), size};
}

Result<BootRecord> SlotStore::read_copy(std::uint32_t copy) {
  BootRecordBytes bytes{};
  if (const Status read = flash_.read(record_address(copy), bytes); !read.ok()) return read.error();
  return decode(bytes);
}

Status SlotStore::load() {
  if (flash_bytes(sector_bytes_, sizes_) > flash_.geometry().size_bytes) return UpdateError::flash_misuse;
  bool found{false};
  record_ = {};
  newest_copy_ = 1;
  for (std::uint32_t copy = 0; copy < record_copies; ++copy) {
    const Result<BootRecord> candidate = read_copy(copy);
    if (!candidate.ok()) {
      if (candidate.error() != UpdateError::no_boot_record) return candidate.error();
      continue;
    }
    if (found && !is_newer(candidate.value().sequence, record_.sequence)) continue;
    record_ = candidate.value();
    newest_copy_ = copy;
    found = true;
  }
  return found ? Status{} : Status{UpdateError::no_boot_record};
}

Status SlotStore::commit(image::Kind kind, const image::Identity& image) {
  BootRecord next = record_;
  BootRecord::Slots& slots = next.of(kind);
  slots.active = inactive(kind);
  slots.images[static_cast<std::size_t>(slots.active)] = image;
  ++next.sequence;
  const std::uint32_t copy = newest_copy_ == 0 ? 1 : 0;

  // The image must be on the medium before a record can name it.
  if (const Status flushed = flash_.flush(); !flushed.ok()) return flushed;
  if (const Status erased = flash_.erase_sector(record_address(copy)); !erased.ok()) return erased;
  if (const Status written = flash_.program(record_address(copy), encode(next)); !written.ok())
    return written;
  if (const Status flushed = flash_.flush(); !flushed.ok()) return flushed;
  record_ = next;
  newest_copy_ = copy;
  return {};
}

}  // namespace airlift::boot
