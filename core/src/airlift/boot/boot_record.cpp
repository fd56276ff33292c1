#include "airlift/boot/boot_record.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/codec/crc32.hpp"

namespace airlift::boot {
namespace {

constexpr std::uint32_t magic{0x52424C41};  // "ALBR"
constexpr std::uint32_t format_version{1};
constexpr std::size_t active_at{12};
constexpr std::size_t images_at{16};
constexpr std::size_t image_bytes{36};
constexpr std::size_t crc_at{boot_record_bytes - 4};

constexpr std::size_t image_offset(std::size_t kind, std::size_t slot) {
  return images_at + (kind * 2 + slot) * image_bytes;
}

bool is_slot(std::uint8_t value) {
  return value == static_cast<std::uint8_t>(SlotId::a) || value == static_cast<std::uint8_t>(SlotId::b) ||
         value == static_cast<std::uint8_t>(SlotId::none);
}

}  // namespace

BootRecordBytes encode(const BootRecord& record) {
  BootRecordBytes bytes{};
  store_le32(&bytes[0], magic);
  store_le32(&bytes[4], format_version);
  store_le32(&bytes[8], record.sequence);
  for (std::size_t kind = 0; kind < image::kinds; ++kind) {
    const BootRecord::Slots& slots = record.slots[kind];
    bytes[active_at + kind] = static_cast<std::uint8_t>(slots.active);
    for (std::size_t slot = 0; slot < slots.images.size(); ++slot) {
      const image::Identity& image = slots.images[slot];
      const std::size_t at = image_offset(kind, slot);
      store_le32(&bytes[at], image.size_bytes);
      std::copy(image.sha256.begin(), image.sha256.end(), &bytes[at + 4]);
    }
  }
  store_le32(&bytes[crc_at], codec::crc32({bytes.data(), crc_at}));
  return bytes;
}

Result<BootRecord> decode(const BootRecordBytes& bytes) {
  if (load_le32(&bytes[0]) != magic || load_le32(&bytes[4]) != format_version ||
      load_le32(&bytes[crc_at]) != codec::crc32({bytes.data(), crc_at})) {
    return UpdateError::no_boot_record;
  }
  BootRecord record;
  record.sequence = load_le32(&bytes[8]);
  for (std::size_t kind = 0; kind < image::kinds; ++kind) {
    BootRecord::Slots& slots = record.slots[kind];
    if (!is_slot(bytes[active_at + kind])) return UpdateError::no_boot_record;
    slots.active = static_cast<SlotId>(bytes[active_at + kind]);
    for (std::size_t slot = 0; slot < slots.images.size(); ++slot) {
      const std::size_t at = image_offset(kind, slot);
      slots.images[slot].size_bytes = load_le32(&bytes[at]);
      std::copy_n(&bytes[at + 4], slots.images[slot].sha256.size(), slots.images[slot].sha256.begin());
    }
  }
  return record;
}

}  // namespace airlift::boot
