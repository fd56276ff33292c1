#include "airlift/boot/boot_record.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/codec/crc32.hpp"

namespace airlift::boot {
namespace {

constexpr std::uint32_t magic{0x52424C41};  // "ALBR"
constexpr std::uint32_t format_version{2};
constexpr std::size_t attempts_wanted_at{22};
constexpr std::size_t retired_at{32};
constexpr std::size_t slots_at{160};
constexpr std::size_t slot_bytes{128};
constexpr std::size_t slot_retires_at{88};
constexpr std::size_t crc_at{boot_record_bytes - 4};

template <std::size_t Capacity>
void store_ids(std::uint8_t* at, const KeyIds<Capacity>& keys) {
  for (const crypto::KeyId& id : keys.view()) at = std::copy(id.begin(), id.end(), at);
}

template <std::size_t Capacity>
bool load_ids(const std::uint8_t* at, std::size_t count, KeyIds<Capacity>& keys) {
  if (count > Capacity) return false;
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(at + i * keys.ids[i].size(), keys.ids[i].size(), keys.ids[i].begin());
  }
  keys.count = count;
  return true;
}

void encode_slot(std::uint8_t* at, const SlotInfo& slot) {
  at[0] = static_cast<std::uint8_t>(slot.state);
  at[1] = static_cast<std::uint8_t>(slot.reason);
  at[2] = static_cast<std::uint8_t>(slot.version.size());
  at[3] = static_cast<std::uint8_t>(slot.retires.count);
  store_le32(at + 4, slot.image.size_bytes);
  std::copy(slot.image.sha256.begin(), slot.image.sha256.end(), at + 8);
  std::copy_n(slot.version.c_str(), slot.version.size(), at + 40);
  store_le32(at + 72, slot.security_counter);
  store_le64(at + 80, slot.bundle_id);
  store_ids(at + slot_retires_at, slot.retires);
}

bool decode_slot(const std::uint8_t* at, SlotInfo& slot) {
  if (at[0] > static_cast<std::uint8_t>(SlotState::bad) || at[2] > slot.version.capacity() ||
      !load_ids(at + slot_retires_at, at[3], slot.retires)) {
    return false;
  }
  slot.state = static_cast<SlotState>(at[0]);
  slot.reason = static_cast<UpdateError>(at[1]);
  slot.image.size_bytes = load_le32(at + 4);
  std::copy_n(at + 8, slot.image.sha256.size(), slot.image.sha256.begin());
  slot.version = image::VersionText{as_text({at + 40, at[2]})};
  slot.security_counter = load_le32(at + 72);
  slot.bundle_id = load_le64(at + 80);
  return true;
}

}  // namespace

std::string_view name_of(SlotState state) {
  switch (state) {
    case SlotState::empty:
      return "empty";
    case SlotState::staged:
      return "staged";
    case SlotState::trying:
      return "trying";
    case SlotState::good:
      return "good";
    case SlotState::bad:
      return "bad";
  }
  return "unknown";
}

BootRecordBytes encode(const BootRecord& record) {
  BootRecordBytes bytes{};
  store_le32(&bytes[0], magic);
  store_le32(&bytes[4], format_version);
  store_le32(&bytes[8], record.sequence);
  store_le32(&bytes[12], record.security_floor);
  bytes[16] = record.attempts;
  bytes[17] = static_cast<std::uint8_t>(record.retired.count);
  bytes[attempts_wanted_at] = record.attempts_wanted;
  store_ids(&bytes[retired_at], record.retired);
  std::uint8_t* slot_at = &bytes[slots_at];
  for (std::size_t kind = 0; kind < image::kinds; ++kind) {
    bytes[18 + 2 * kind] = static_cast<std::uint8_t>(record.kinds[kind].active);
    bytes[19 + 2 * kind] = static_cast<std::uint8_t>(record.kinds[kind].candidate);
    for (const SlotInfo& slot : record.kinds[kind].slots) {
      encode_slot(slot_at, slot);
      slot_at += slot_bytes;
    }
  }
  store_le32(&bytes[crc_at], codec::crc32({bytes.data(), crc_at}));
  return bytes;
}

Status decode(const BootRecordBytes& bytes, BootRecord& record) {
  record = {};
  if (load_le32(&bytes[0]) != magic || load_le32(&bytes[4]) != format_version ||
      load_le32(&bytes[crc_at]) != codec::crc32({bytes.data(), crc_at}) ||
      !load_ids(&bytes[retired_at], bytes[17], record.retired)) {
    return UpdateError::no_boot_record;
  }
  record.sequence = load_le32(&bytes[8]);
  record.security_floor = load_le32(&bytes[12]);
  record.attempts = bytes[16];
  record.attempts_wanted = bytes[attempts_wanted_at];
  const std::uint8_t* slot_at = &bytes[slots_at];
  for (std::size_t kind = 0; kind < image::kinds; ++kind) {
    BootRecord::Slots& slots = record.kinds[kind];
    const std::uint8_t active = bytes[18 + 2 * kind];
    const std::uint8_t candidate = bytes[19 + 2 * kind];
    if (!is_slot(active) || !is_slot(candidate)) return UpdateError::no_boot_record;
    slots.active = static_cast<SlotId>(active);
    slots.candidate = static_cast<SlotId>(candidate);
    for (SlotInfo& slot : slots.slots) {
      if (!decode_slot(slot_at, slot)) return UpdateError::no_boot_record;
      slot_at += slot_bytes;
    }
  }
  return {};
}

}  // namespace airlift::boot
