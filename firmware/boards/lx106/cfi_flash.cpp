#include "cfi_flash.hpp"

#include <algorithm>
#include <cstring>

#include "airlift/base/endian.hpp"
#include "machine.hpp"

namespace airlift::firmware::lx106 {
namespace {

constexpr std::uint32_t word_bytes{2};  // the chip is 16 bits wide

// Commands, and their answer.
constexpr std::uint16_t erase_command{0x20};
constexpr std::uint16_t clear_status_command{0x50};
constexpr std::uint16_t query_command{0x98};
constexpr std::uint16_t confirm_command{0xD0};
constexpr std::uint16_t buffer_command{0xE8};
constexpr std::uint16_t array_command{0xFF};
constexpr std::uint16_t ready_status{0x80};
constexpr std::uint16_t failed_status{0x3A};  // erase, program, supply voltage, locked

volatile std::uint16_t& at(std::uint32_t address) {
  return *reinterpret_cast<volatile std::uint16_t*>(flash_address + address);
}

const std::uint8_t* mapped(std::uint32_t address) {
  return reinterpret_cast<const std::uint8_t*>(flash_address + address);
}

/// A byte of what the chip says of itself; one a word.
std::uint32_t query(std::uint32_t offset) {
  return at(offset * word_bytes) & 0xFF;
}

/// Back to where it is read, however a command ended.
void to_array() {
  at(0) = array_command;
  asm volatile("" ::: "memory");  // what was read before has changed
}

/// Whether the command at `address` did it.
bool finish(std::uint32_t address) {
  std::uint16_t status = at(address);
  while ((status & ready_status) == 0) status = at(address);
  const bool done = (status & failed_status) == 0;
  if (!done) at(address) = clear_status_command;
  to_array();
  return done;
}

/// `bytes` are whole words and within one buffer.
bool program_buffer(std::uint32_t address, Bytes bytes) {
  do at(address) = buffer_command;
  while ((at(address) & ready_status) == 0);
  at(address) = static_cast<std::uint16_t>(bytes.size() / word_bytes - 1);
  for (std::uint32_t done = 0; done < bytes.size(); done += word_bytes) {
    at(address + done) = load_le16(bytes.data() + done);
  }
  at(address) = confirm_command;
  return finish(address);
}

}  // namespace

void CfiFlash::identify() {
  at(0) = query_command;
  geometry_.size_bytes = std::uint32_t{1} << query(0x27);
  geometry_.sector_bytes = (query(0x2F) | query(0x30) << 8) * 256;
  geometry_.write_align_bytes = word_bytes;
  buffer_bytes_ = std::uint32_t{1} << query(0x2A);
  to_array();
}

Status CfiFlash::do_read(std::uint32_t address, MutableBytes into) {
  std::memcpy(into.data(), mapped(address), into.size());
  return {};
}

Status CfiFlash::do_erase_sector(std::uint32_t address) {
  at(address) = erase_command;
  at(address) = confirm_command;
  const bool done = finish(address);
  const std::uint8_t* sector = mapped(address);
  const bool erased =
      std::all_of(sector, sector + geometry_.sector_bytes, [](std::uint8_t byte) { return byte == 0xFF; });
  return done && erased ? Status{} : UpdateError::flash_erase;
}

Status CfiFlash::do_program(std::uint32_t address, Bytes bytes) {
  const std::uint8_t* before = mapped(address);
  if (!std::all_of(before, before + bytes.size(), [](std::uint8_t byte) { return byte == 0xFF; })) {
    return UpdateError::flash_misuse;
  }
  for (std::uint32_t done = 0; done < bytes.size();) {
    const std::uint32_t place = address + done;
    const std::size_t count =
        std::min<std::size_t>(buffer_bytes_ - place % buffer_bytes_, bytes.size() - done);
    if (!program_buffer(place, bytes.subspan(done, count))) return UpdateError::flash_write;
    done += static_cast<std::uint32_t>(count);
  }
  return do_compare(address, bytes);
}

Status CfiFlash::do_compare(std::uint32_t address, Bytes bytes) {
  return std::memcmp(mapped(address), bytes.data(), bytes.size()) == 0 ? Status{} : UpdateError::flash_write;
}

}  // namespace airlift::firmware::lx106
