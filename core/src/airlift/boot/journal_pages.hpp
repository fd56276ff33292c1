#pragma once
// An area that entries of one size are appended to: where they may stand, and which places are still free.

#include "airlift/boot/flash_map.hpp"

namespace airlift::boot {

/// A page is as many sectors as hold one entry: one sector, where those are not small. What of an entry a
/// power cut has torn is the entry's own business (a CRC); its place is taken.
class JournalPages {
 public:
  static constexpr std::size_t longest_entry_bytes{256};
  static_assert(largest_write_unit_bytes <= longest_entry_bytes);

  /// `flash` outlives this. `entry_bytes` is at most the longest.
  JournalPages(port::Flash& flash, const Area& area, std::size_t entry_bytes)
      : flash_{flash}, area_{area}, entry_bytes_{static_cast<std::uint32_t>(entry_bytes)} {}

  [[nodiscard]] Area first() const { return page_at(area_.address); }
  /// The page behind `page`; behind the last one, the first.
  [[nodiscard]] Area next(const Area& page) const;
  [[nodiscard]] bool holds_entry(const Area& page) const { return page.size_bytes >= stride(); }

  /// Calls `visit` with the address and the page of each place, in the order of the flash.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (Area page = first(); holds_entry(page); page = page_at(page.end())) {
      for (std::uint32_t at = page.address; page.end() - at >= stride(); at += stride()) visit(at, page);
    }
  }

  /// Where the next entry goes in `page`, behind all that is taken; the page's end when it is full.
  [[nodiscard]] std::uint32_t free_place_in(const Area& page) const;
  /// Outcomes: as Flash::program().
  [[nodiscard]] Status program(std::uint32_t place, Bytes entry);

 private:
  /// Too small for an entry: the area ends there.
  [[nodiscard]] Area page_at(std::uint32_t start) const;
  /// Entries are padded to the flash's write unit.
  [[nodiscard]] std::uint32_t stride() const;
  [[nodiscard]] bool is_erased(std::uint32_t place) const;

  port::Flash& flash_;
  Area area_;
  std::uint32_t entry_bytes_;
};

}  // namespace airlift::boot
