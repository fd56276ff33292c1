#include "airlift/boot/slot_writer.hpp"

#include <algorithm>

namespace airlift::boot {

void SlotWriter::begin(const Area& slot) {
  slot_ = slot;
  next_ = slot.address + slot_header_bytes;
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
  while (erased_up_to_ < end) {
    if (const Status erased = flash_.erase_sector(erased_up_to_); !erased.ok()) return erased;
    erased_up_to_ = flash_.sector_at(erased_up_to_).end();
  }
  return {};
}

Status SlotWriter::program_and_compare(std::uint32_t address, Bytes block) {
  if (const Status written = flash_.program(address, block); !written.ok()) return written;
  std::array<std::uint8_t, 1024> stored{};
  for (std::size_t done = 0; done < block.size();) {
    const Bytes wanted = block.subspan(done, std::min(stored.size(), block.size() - done));
    const MutableBytes piece = MutableBytes{stored}.first(wanted.size());
    if (const Status read = flash_.read(address + static_cast<std::uint32_t>(done), piece); !read.ok())
      return read;
    // What was written reads back differently: the flash is worn out, or lies.
    if (!std::equal(wanted.begin(), wanted.end(), piece.begin())) return UpdateError::flash_write;
    done += wanted.size();
  }
  return {};
}

}  // namespace airlift::boot
