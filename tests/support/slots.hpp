#pragma once
// A small flash with slots, and images to put there.

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "airlift/update/updater.hpp"
#include "support/fake_flash.hpp"

namespace airlift::testing {

inline constexpr std::uint32_t test_sector_bytes{256};
inline constexpr boot::SlotSizes test_slots{8 * test_sector_bytes, 4 * test_sector_bytes};

[[nodiscard]] inline port::FlashGeometry test_geometry() {
  return {static_cast<std::uint32_t>(boot::SlotStore::flash_bytes(test_sector_bytes, test_slots)),
          test_sector_bytes, 4};
}

/// Bytes that differ from place to place and from seed to seed.
[[nodiscard]] inline std::string test_image(std::size_t size_bytes, unsigned seed = 1) {
  std::mt19937 generator{seed};
  std::string image(size_bytes, '\0');
  for (char& byte : image) byte = static_cast<char>(generator());
  return image;
}

[[nodiscard]] inline update::Announcement announcement_of(std::string_view image,
                                                          image::Kind kind = image::Kind::firmware) {
  return {kind, static_cast<std::uint32_t>(image.size()), crypto::md5(as_bytes(image))};
}

/// Puts all of `image` through, in pieces of at most `piece_bytes`, until the updater is done or has failed.
inline void feed(update::Updater& updater, std::string_view image, std::size_t piece_bytes = 1 << 20) {
  using Phase = update::Updater::Phase;
  while (updater.phase() != Phase::done && updater.phase() != Phase::failed) {
    const MutableBytes room = updater.room();
    const std::size_t count = std::min({room.size(), image.size(), piece_bytes});
    std::copy_n(image.begin(), count, room.begin());
    if (count > 0) updater.took(count);
    image.remove_prefix(count);
    updater.step();
  }
}

/// Flash, store, buffer and updater of one device.
struct Storage {
  Storage() { [[maybe_unused]] const Status empty = store.load(); }

  /// Installs `image`; the error is none when that worked.
  UpdateError install(std::string_view image, image::Kind kind = image::Kind::firmware) {
    if (const Status begun = updater.begin(announcement_of(image, kind)); !begun.ok()) return begun.error();
    feed(updater, image);
    return updater.error();
  }

  /// The bytes of the active image as the flash holds them, whatever its digest.
  [[nodiscard]] std::string active_image(image::Kind kind = image::Kind::firmware) const {
    const boot::BootRecord::Slots& slots = store.record().of(kind);
    if (slots.active == boot::SlotId::none) return {};
    const std::uint32_t address = store.area(kind, slots.active).address;
    const std::uint32_t size = slots.images[static_cast<std::size_t>(slots.active)].size_bytes;
    return {flash.memory.begin() + address, flash.memory.begin() + address + size};
  }

  FakeFlash flash{test_geometry()};
  boot::SlotStore store{flash, test_slots};
  std::array<std::uint8_t, test_sector_bytes> sector{};
  update::Updater updater{store, sector};
};

}  // namespace airlift::testing
