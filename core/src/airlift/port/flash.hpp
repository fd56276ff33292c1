#pragma once
// Flash memory with NOR rules: erase sets a whole sector to the erased value, program writes into erased
// bytes only.

#include <algorithm>
#include <array>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"

namespace airlift::port {

struct FlashGeometry {
  std::uint32_t size_bytes{0};         ///< whole sectors
  std::uint32_t sector_bytes{0};       ///< of the largest sector; a multiple of write_align_bytes
  std::uint32_t write_align_bytes{0};  ///< address and length of a program are multiples of this
  std::uint8_t erased_value{0xFF};     ///< of every byte after an erase; 0x00 on some chips
};

/// What one erase clears.
struct FlashSector {
  std::uint32_t address{0};
  std::uint32_t size_bytes{0};
  [[nodiscard]] constexpr std::uint32_t end() const { return address + size_bytes; }
};

/// Public calls check range and alignment once, so ports only do the work. Calls block for one sector's work
/// at most, flush() excepted. Not thread-safe.
class Flash {
 public:
  virtual ~Flash() = default;
  Flash() = default;
  Flash(const Flash&) = delete;
  Flash& operator=(const Flash&) = delete;

  [[nodiscard]] virtual FlashGeometry geometry() const = 0;

  /// The sector that holds `address`, which is below geometry().size_bytes. Ports whose sectors differ in
  /// size override it.
  [[nodiscard]] virtual FlashSector sector_at(std::uint32_t address) const {
    const std::uint32_t size = geometry().sector_bytes;
    return {address / size * size, size};
  }

  /// Fills `into` with the bytes at `address`. Outcomes: ok; flash_misuse: out of range; flash_read.
  [[nodiscard]] Status read(std::uint32_t address, MutableBytes into) {
    if (!in_range(address, into.size())) return UpdateError::flash_misuse;
    return do_read(address, into);
  }

  /// Sets the sector that starts at `address` to the erased value.
  /// Outcomes: ok; flash_misuse: not the start of a sector; flash_erase: the content of the sector is
  /// undefined.
  [[nodiscard]] Status erase_sector(std::uint32_t address) {
    if (!in_range(address, 1) || sector_at(address).address != address) return UpdateError::flash_misuse;
    return do_erase_sector(address);
  }

  /// Erases the sectors from `address` to before `end`, both sector boundaries.
  /// Outcomes: as erase_sector(); flash_misuse also when one of them is no boundary.
  [[nodiscard]] Status erase(std::uint32_t address, std::uint32_t end) {
    if (address > end || !in_range(address, end - address)) return UpdateError::flash_misuse;
    if (address == end) return {};
    if (sector_at(address).address != address || sector_at(end - 1).end() != end)
      return UpdateError::flash_misuse;
    return do_erase(address, end);
  }

  /// Writes `bytes` at `address`, both aligned to write_align_bytes, into erased bytes.
  /// Outcomes: ok; flash_misuse: out of range, not aligned, or not erased before (nothing is written);
  /// flash_write: the content of the range is undefined.
  [[nodiscard]] Status program(std::uint32_t address, Bytes bytes) {
    const FlashGeometry g = geometry();
    if (!in_range(address, bytes.size()) || address % g.write_align_bytes != 0 ||
        bytes.size() % g.write_align_bytes != 0) {
      return UpdateError::flash_misuse;
    }
    return do_program(address, bytes);
  }

  /// Whether the flash holds `bytes` at `address`. Outcomes: ok; flash_write: it holds others; flash_read;
  /// flash_misuse: out of range.
  [[nodiscard]] Status compare(std::uint32_t address, Bytes bytes) {
    if (!in_range(address, bytes.size())) return UpdateError::flash_misuse;
    return do_compare(address, bytes);
  }

  /// When it returns ok, everything programmed and erased before survives a power cut, and nothing programmed
  /// later can reach the memory before it. A chip without write cache does nothing here. Outcomes: ok;
  /// flash_write.
  [[nodiscard]] virtual Status flush() = 0;

 private:
  [[nodiscard]] bool in_range(std::uint32_t address, std::size_t count) const {
    const std::uint32_t size = geometry().size_bytes;
    return address <= size && count <= size - address;
  }

  [[nodiscard]] virtual Status do_read(std::uint32_t address, MutableBytes into) = 0;
  [[nodiscard]] virtual Status do_erase_sector(std::uint32_t address) = 0;
  [[nodiscard]] virtual Status do_program(std::uint32_t address, Bytes bytes) = 0;

  // Ports that can do these faster override them.

  [[nodiscard]] virtual Status do_erase(std::uint32_t address, std::uint32_t end) {
    for (std::uint32_t at = address; at < end; at = sector_at(at).end()) {
      if (const Status erased = do_erase_sector(at); !erased.ok()) return erased;
    }
    return {};
  }

  [[nodiscard]] virtual Status do_compare(std::uint32_t address, Bytes bytes) {
    std::array<std::uint8_t, 256> stored{};
    for (std::size_t done = 0; done < bytes.size();) {
      const Bytes wanted = bytes.subspan(done, std::min(stored.size(), bytes.size() - done));
      const MutableBytes piece = MutableBytes{stored}.first(wanted.size());
      const Status read = do_read(address + static_cast<std::uint32_t>(done), piece);
      if (!read.ok()) return read;
      if (!std::equal(wanted.begin(), wanted.end(), piece.begin())) return UpdateError::flash_write;
      done += wanted.size();
    }
    return {};
  }
};

}  // namespace airlift::port
