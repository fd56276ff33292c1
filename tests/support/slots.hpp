#pragma once
// A small flash with slots, and images to put there.

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "airlift/boot/boot_sequence.hpp"
#include "airlift/update/gzip_unpacker.hpp"
#include "airlift/update/updater.hpp"
#include "support/fake_flash.hpp"

namespace airlift::testing {

inline constexpr std::uint32_t test_sector_bytes{1024};
inline constexpr std::uint32_t test_firmware_bytes{8 * test_sector_bytes};
inline constexpr std::uint32_t test_filesystem_bytes{4 * test_sector_bytes};

[[nodiscard]] inline boot::FlashMap test_map(std::uint32_t firmware_bytes = test_firmware_bytes) {
  return boot::uniform_map({test_sector_bytes, firmware_bytes, test_filesystem_bytes});
}
[[nodiscard]] inline port::FlashGeometry test_geometry(std::uint32_t firmware_bytes = test_firmware_bytes) {
  return {static_cast<std::uint32_t>(boot::end_of(test_map(firmware_bytes))), test_sector_bytes, 4};
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
  update::Announcement announcement;
  announcement.kind = kind;
  announcement.size_bytes = static_cast<std::uint32_t>(image.size());
  announcement.md5 = crypto::md5(as_bytes(image));
  return announcement;
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

/// Flash, store, history, buffers and updater of one device.
struct Storage {
  explicit Storage(std::uint32_t firmware_bytes = test_firmware_bytes)
      : flash{test_geometry(firmware_bytes)},
        store{flash, test_map(firmware_bytes)},
        history{flash, test_map(firmware_bytes).history} {
    [[maybe_unused]] const Status empty = store.load();
    history.load();
  }

  /// Uploads `image`; the error is none when it is staged.
  UpdateError upload(std::string_view image, image::Kind kind = image::Kind::firmware) {
    if (const Status begun = updater.begin(announcement_of(image, kind)); !begun.ok()) return begun.error();
    feed(updater, image);
    return updater.error();
  }

  /// Uploads `image`, starts it and confirms it.
  UpdateError install(std::string_view image, image::Kind kind = image::Kind::firmware) {
    if (const UpdateError error = upload(image, kind); error != UpdateError::none) return error;
    if (const auto plan = boot(); !plan.ok()) return plan.error();
    return store.confirm().error();
  }

  /// What a restart does.
  Result<boot::BootPlan> boot(std::uint8_t most_attempts = boot::default_attempts) {
    return boot::prepare_boot(store, most_attempts, block);
  }

  /// The bytes of the active image as the flash holds them, whatever its digest.
  [[nodiscard]] std::string active_image(image::Kind kind = image::Kind::firmware) const {
    const boot::BootRecord::Slots& slots = store.record().of(kind);
    return slots.active == boot::SlotId::none ? std::string{} : image_in(kind, slots.active);
  }

  /// The bytes of the image that the next start tries; empty: there is none.
  [[nodiscard]] std::string staged_image(image::Kind kind = image::Kind::firmware) const {
    const boot::SlotId candidate = store.record().of(kind).candidate;
    return candidate == boot::SlotId::none ? std::string{} : image_in(kind, candidate);
  }

  [[nodiscard]] std::string image_in(image::Kind kind, boot::SlotId slot) const {
    const auto address = store.image_area(kind, slot).address;
    const std::uint32_t size = store.record().of(kind).at(slot).image.size_bytes;
    return {flash.memory.begin() + static_cast<std::ptrdiff_t>(address),
            flash.memory.begin() + static_cast<std::ptrdiff_t>(address + size)};
  }

  FakeFlash flash;
  boot::SlotStore store;
  boot::History history;
  std::array<std::uint8_t, test_sector_bytes> block{};
  std::array<std::uint8_t, test_sector_bytes> inflated{};
  std::array<std::uint8_t, codec::gzip_arena_bytes()> gzip_arena{};
  crypto::Sha2 long_digest{crypto::DigestKind::sha512};
  update::GzipUnpacker unpacker{inflated, gzip_arena};
  update::Updater updater{store, history, {block, &unpacker, &long_digest}};
};

}  // namespace airlift::testing
