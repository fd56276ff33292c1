#pragma once
// Writes an image into a slot block by block, and its header last.

#include "airlift/boot/flash_map.hpp"
#include "airlift/boot/slot_header.hpp"

namespace airlift::boot {

class SlotWriter {
 public:
  /// `flash` outlives the writer.
  explicit SlotWriter(port::Flash& flash) : flash_{flash} {}

  /// Starts anew in `slot`, the image as FlashMap says; nothing is written yet.
  void begin(const Area& slot, std::uint32_t image_offset_bytes);

  /// Appends a block: erases the sectors it enters, programs, reads back and compares. Its size is a multiple
  /// of the flash's write unit. Outcomes: ok; no_space: it does not fit into the slot; flash_erase,
  /// flash_write: the slot's content is undefined, begin() anew; flash_read.
  [[nodiscard]] Status append(Bytes block);

  /// Says that the image is complete. Outcomes: as append().
  [[nodiscard]] Status write_header(const SlotHeader& header);

  [[nodiscard]] port::Flash& flash() const { return flash_; }

  /// The slot's bytes behind what is written.
  [[nodiscard]] std::uint32_t room_bytes() const { return slot_.end() > next_ ? slot_.end() - next_ : 0; }

 private:
  [[nodiscard]] Status enter_sectors_up_to(std::uint32_t end);
  [[nodiscard]] Status program_and_compare(std::uint32_t address, Bytes block);

  port::Flash& flash_;
  Area slot_;
  std::uint32_t next_{0};          ///< where the next block goes
  std::uint32_t erased_up_to_{0};  ///< a sector boundary
};

}  // namespace airlift::boot
