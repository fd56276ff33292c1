#pragma once
// A small flash with one image in each slot, for fuzz targets that spoil what is stored about them.

#include "airlift/base/endian.hpp"
#include "airlift/boot/boot_sequence.hpp"
#include "airlift/boot/image_reader.hpp"
#include "airlift/codec/crc32.hpp"
#include "memory_flash.hpp"

namespace airlift::fuzz {

inline constexpr std::uint32_t sector_bytes{1024};
inline constexpr std::uint32_t image_bytes{40};

/// Four sectors for the record, four for the journal, two for each slot.
[[nodiscard]] inline boot::FlashMap small_map() {
  return boot::uniform_map({sector_bytes, sector_bytes, sector_bytes});
}

struct BootRig {
  BootRig() {
    std::uint8_t filling{1};
    for (const auto& kind : small_map().slots) {
      for (const boot::Area& slot : kind) {
        std::fill_n(flash.memory.begin() + slot.address + boot::slot_header_bytes, image_bytes, filling++);
      }
    }
  }

  /// Puts `bytes`, at most `size` of them, to `address`, and behind them the checksum that makes them valid.
  void put_with_checksum(std::uint32_t address, Bytes bytes, std::size_t size) {
    std::uint8_t* const at = flash.memory.data() + address;
    std::fill_n(at, size, std::uint8_t{0});
    std::copy_n(bytes.begin(), std::min(bytes.size(), size), at);
    store_le32(at + size, codec::crc32({at, size}));
  }

  /// A start with whatever the flash holds. Whatever it is, nothing but a whole image starts, and the device
  /// can be updated afterwards.
  void start() {
    boot::SlotStore store{flash, small_map()};
    std::array<std::uint8_t, 64> buffer{};
    const Result<boot::BootPlan> plan = prepare_boot(store, boot::default_attempts, buffer);
    if (plan.ok()) check(store, plan.value(), buffer);
    if (store.record().on_trial()) require(store.confirm().ok(), "what is on trial can be confirmed");
    for (const image::Kind kind : {image::Kind::firmware, image::Kind::filesystem}) {
      require(store.give_up_target(kind).ok(), "there is room for a new image");
      require(store.stage(kind, {{image_bytes, {}}, {}, 0, 0, {}}).ok(), "a new image can be staged");
    }
  }

  void check(boot::SlotStore& store, const boot::BootPlan& plan, MutableBytes buffer) {
    const auto is_whole = [&](image::Kind kind, boot::SlotId slot) {
      return slot == boot::SlotId::none ||
             check_image(flash, store.image_area(kind, slot), store.record().of(kind).at(slot).image, buffer)
                 .ok();
    };
    require(is_whole(image::Kind::firmware, plan.firmware), "only whole firmware starts");
    require(is_whole(image::Kind::filesystem, plan.filesystem), "only a whole filesystem image is used");
    require(!plan.on_trial || plan.attempt > 0, "attempts are counted from 1");
    require(plan.firmware != boot::SlotId::none || !store.record().on_trial(),
            "what cannot start does not keep new images out");
  }

  MemoryFlash flash{16, sector_bytes};
};

}  // namespace airlift::fuzz
