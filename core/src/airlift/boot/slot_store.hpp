#pragma once
// The slots and their record on a flash: every change of state is one call here and one save of the record.
// States and what ends them: docs/design/storage.md.

#include "airlift/boot/record_store.hpp"
#include "airlift/boot/slot_header.hpp"

namespace airlift::boot {

/// A complete, checked image that has been written to the target slot of its kind.
struct StagedImage {
  image::Identity image;
  image::VersionText version;
  std::uint32_t security_counter{0};  ///< of a verified manifest, else 0
  std::uint64_t bundle_id{0};         ///< 0: none
  KeyIds<most_retired_per_image> retires;
};

class SlotStore {
 public:
  /// `flash` outlives the store.
  SlotStore(port::Flash& flash, const FlashMap& map)
      : flash_{flash}, map_{map}, records_{flash, map.record} {}

  /// Reads the newest record. Outcomes: ok; no_boot_record: none is valid, record() is an empty one and the
  /// first change makes a new one; flash_read; flash_misuse: the map does not fit the flash.
  [[nodiscard]] Status load();

  [[nodiscard]] const BootRecord& record() const { return record_; }
  [[nodiscard]] port::Flash& flash() const { return flash_; }
  [[nodiscard]] const FlashMap& map() const { return map_; }
  /// `slot` is not none. The whole slot, header included.
  [[nodiscard]] Area area(image::Kind kind, SlotId slot) const {
    return map_.slots[static_cast<std::size_t>(kind)][static_cast<std::size_t>(slot)];
  }
  /// The part of a slot that is for the image; of size 0: the slot is too small for any.
  [[nodiscard]] Area image_area(image::Kind kind, SlotId slot) const;
  /// The largest image that fits both slots of this kind.
  [[nodiscard]] std::uint32_t capacity_bytes(image::Kind kind) const;
  /// Fills `header`. Outcomes: ok; no_image: none there; flash_read.
  [[nodiscard]] Status read_header(image::Kind kind, SlotId slot, SlotHeader& header);

  // Each of these saves the record once, or not at all when it would not change. Outcomes of all: ok;
  // flash_write: nothing has changed; and what is said at each.

  /// Before a new image is written: the target slot holds nothing from now on, and what was about to be tried
  /// is not tried. trial_running: what is in the target slot is running.
  [[nodiscard]] Status give_up_target(image::Kind kind);
  /// After a new image has been written, header included. It becomes the candidate; one of a bundle only when
  /// the other image of its bundle is staged, and then both. `attempts`: how often it is started before it is
  /// given up; 0: default_attempts.
  [[nodiscard]] Status stage(image::Kind kind, const StagedImage& image, std::uint8_t attempts = 0);
  /// Before the candidate starts. no_image: there is none.
  [[nodiscard]] Status count_attempt();
  /// The start that is under way is no failure: a clean shutdown.
  [[nodiscard]] Status give_back_attempt();
  /// Why this attempt fails; the next boot decides.
  [[nodiscard]] Status note_failure(UpdateError reason);
  /// The candidate works. Nothing on trial: nothing happens. When that raises the security floor or retires
  /// keys, half a bundle that waits is given up.
  [[nodiscard]] Status confirm();
  /// The candidate is not tried any more.
  [[nodiscard]] Status reject(UpdateError reason);
  /// The candidate has not been confirmed, but nothing else is left: it becomes the active image with its
  /// reason, and neither raises the floor nor retires a key.
  [[nodiscard]] Status keep_candidate(UpdateError reason);
  /// The active image is damaged: the other slot's takes its place. no_image: that one is not good.
  [[nodiscard]] Status fall_back(image::Kind kind);
  /// What runs came by cable into this slot: it is active and good at once. What waited is given up, what the
  /// record says of the other slot stays.
  [[nodiscard]] Status take_as_good(image::Kind kind, SlotId slot, const image::Identity& image);
  /// After the record was lost: makes one from the headers of slots whose images are whole.
  [[nodiscard]] Status adopt(const std::array<std::array<bool, 2>, image::kinds>& whole);

 private:
  [[nodiscard]] Status save(BootRecord& next);
  [[nodiscard]] bool completes_bundle(image::Kind kind, const StagedImage& image) const;

  port::Flash& flash_;
  FlashMap map_;
  RecordStore records_;
  BootRecord record_;
};

}  // namespace airlift::boot
