#include "airlift/arduino/joined_flash.hpp"

namespace airlift::arduino {

bool JoinedFlash::add(port::Flash& part) {
  const port::FlashGeometry own = part.geometry();
  if (count_ == most_parts || (count_ > 0 && own.erased_value != geometry_.erased_value)) return false;
  parts_[count_++] = {&part, geometry_.size_bytes, geometry_.size_bytes + own.size_bytes};
  geometry_ = {geometry_.size_bytes + own.size_bytes, std::max(geometry_.sector_bytes, own.sector_bytes),
               std::max(geometry_.write_align_bytes, own.write_align_bytes), own.erased_value};
  return true;
}

const JoinedFlash::Part& JoinedFlash::part_at(std::uint32_t address) const {
  std::size_t i{0};
  while (i + 1 < count_ && address >= parts_[i].end) ++i;
  return parts_[i];
}

port::FlashSector JoinedFlash::sector_at(std::uint32_t address) const {
  const Part& part = part_at(address);
  const port::FlashSector sector = part.flash->sector_at(address - part.start);
  return {part.start + sector.address, sector.size_bytes};
}

template <typename Act>
Status JoinedFlash::in_pieces(std::uint32_t address, std::size_t size, Act act) {
  for (std::size_t done = 0; done < size;) {
    const auto at = address + static_cast<std::uint32_t>(done);
    const Part& part = part_at(at);
    const std::size_t count = std::min<std::size_t>(size - done, part.end - at);
    if (const Status did = act(*part.flash, at - part.start, done, count); !did.ok()) return did;
    done += count;
  }
  return {};
}

Status JoinedFlash::do_read(std::uint32_t address, MutableBytes into) {
  return in_pieces(address, into.size(),
                   [&](port::Flash& flash, std::uint32_t at, std::size_t offset, std::size_t count) {
                     return flash.read(at, into.subspan(offset, count));
                   });
}

Status JoinedFlash::do_program(std::uint32_t address, Bytes bytes) {
  return in_pieces(address, bytes.size(),
                   [&](port::Flash& flash, std::uint32_t at, std::size_t offset, std::size_t count) {
                     return flash.program(at, bytes.subspan(offset, count));
                   });
}

Status JoinedFlash::do_erase_sector(std::uint32_t address) {
  const Part& part = part_at(address);
  return part.flash->erase_sector(address - part.start);
}

Status JoinedFlash::flush() {
  for (std::size_t i = 0; i < count_; ++i) {
    if (const Status flushed = parts_[i].flash->flush(); !flushed.ok()) return flushed;
  }
  return {};
}

}  // namespace airlift::arduino
