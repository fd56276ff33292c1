#include "airlift/boot/slot_writer.hpp"

namespace airlift::boot {

void SlotWriter::begin(const Area& slot, std::uint32_t image_offset_bytes) {
  slot_ = slot;
  next_ = slot.address + image_offset_bytes;
  erased_up_to_ = slot.address;
}

Status SlotWriter::append(Bytes block) {
  if (block.size() > room_bytes()) return UpdateError::no_space;
  const auto end = next_ + static_cast<std::uint32_t>(block.size());
  if (const Status entered = enter_sectors_up_to(end); !entered.ok()) return entered;
  if (const Status written = program_and_compare(next_, block); !written.ok()) return written;
  next_ = end;
  return {};
}

Status SlotWriter::write_header(const SlotHeader& header) {
  return program_and_compare(slot_.address, encode(header));
}

Status SlotWriter::enter_sectors_up_to(std::uint32_t end) {
  if (end <= erased_up_to_) return {};
  const std::uint32_t boundary = flash_.sector_at(end - 1).end();
  if (const Status erased = flash_.erase(erased_up_to_, boundary); !erased.ok()) return erased;
  erased_up_to_ = boundary;
  return {};
}

/// What was written reads back differently where the flash is worn out, or lies.
Status SlotWriter::program_and_compare(std::uint32_t address, Bytes block) {
  if (const Status written = flash_.program(address, block); !written.ok()) return written;
  return flash_.compare(address, block);
}

}  // namespace airlift::boot
