#include "airlift/boot/hand_off.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/codec/crc32.hpp"

namespace airlift::boot {
namespace {

constexpr std::uint32_t magic{0x4F484C41};  // "ALHO"
constexpr std::uint8_t format_version{1};
constexpr std::size_t crc_at{hand_off_bytes - 4};

}  // namespace

HandOffBytes encode(const BootPlan& plan) {
  HandOffBytes bytes{};
  store_le32(&bytes[0], magic);
  bytes[4] = format_version;
  bytes[5] = static_cast<std::uint8_t>(plan.firmware);
  bytes[6] = static_cast<std::uint8_t>(plan.filesystem);
  bytes[7] = plan.on_trial ? 1 : 0;
  bytes[8] = plan.attempt;
  bytes[9] = static_cast<std::uint8_t>(plan.rolled_back);
  bytes[10] = static_cast<std::uint8_t>(plan.kept);
  bytes[11] = plan.recovered ? 1 : 0;
  bytes[12] = plan.fell_back ? 1 : 0;
  store_le32(&bytes[crc_at], codec::crc32(Bytes{bytes}.first(crc_at)));
  return bytes;
}

Result<BootPlan> decode_hand_off(Bytes memory) {
  if (memory.size() < hand_off_bytes) return UpdateError::no_boot_record;
  const Bytes bytes = memory.first(hand_off_bytes);
  if (load_le32(&bytes[0]) != magic || bytes[4] != format_version || !is_slot(bytes[5]) ||
      !is_slot(bytes[6]) || load_le32(&bytes[crc_at]) != codec::crc32(bytes.first(crc_at))) {
    return UpdateError::no_boot_record;
  }
  BootPlan plan;
  plan.firmware = static_cast<SlotId>(bytes[5]);
  plan.filesystem = static_cast<SlotId>(bytes[6]);
  plan.on_trial = bytes[7] != 0;
  plan.attempt = bytes[8];
  plan.rolled_back = static_cast<UpdateError>(bytes[9]);
  plan.kept = static_cast<UpdateError>(bytes[10]);
  plan.recovered = bytes[11] != 0;
  plan.fell_back = bytes[12] != 0;
  return plan;
}

}  // namespace airlift::boot
