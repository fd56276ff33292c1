#include "airlift/boot/history_entry.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/codec/crc32.hpp"

namespace airlift::boot {
namespace {

constexpr std::uint16_t magic{0x4841};  // "AH"
constexpr std::uint8_t format_version{1};
constexpr std::size_t crc_at{history_entry_bytes - 4};

}  // namespace

std::string_view name_of(UpdateResult result) {
  switch (result) {
    case UpdateResult::failed:
      return "failed";
    case UpdateResult::installed:
      return "installed";
    case UpdateResult::confirmed:
      return "confirmed";
    case UpdateResult::rolled_back:
      return "rolled back";
  }
  return "unknown";
}

std::string_view word_for(UpdateResult result) {
  return result == UpdateResult::rolled_back ? "rolled_back" : name_of(result);
}

DigestPrefix prefix_of(const crypto::Sha256Digest& digest) {
  DigestPrefix prefix{};
  std::copy_n(digest.begin(), prefix.size(), prefix.begin());
  return prefix;
}

HistoryEntryBytes encode(const HistoryEntry& entry) {
  HistoryEntryBytes bytes{};
  store_le16(&bytes[0], magic);
  bytes[2] = format_version;
  bytes[3] = static_cast<std::uint8_t>(entry.kind);
  store_le32(&bytes[4], entry.sequence);
  store_le32(&bytes[8], entry.number);
  bytes[12] = static_cast<std::uint8_t>(entry.result);
  bytes[13] = static_cast<std::uint8_t>(entry.cause);
  bytes[14] = static_cast<std::uint8_t>(entry.from_version.size());
  bytes[15] = static_cast<std::uint8_t>(entry.to_version.size());
  store_le64(&bytes[16], entry.time_s);
  std::copy(entry.from.begin(), entry.from.end(), &bytes[24]);
  std::copy(entry.to.begin(), entry.to.end(), &bytes[32]);
  std::copy_n(entry.from_version.c_str(), entry.from_version.size(), &bytes[40]);
  std::copy_n(entry.to_version.c_str(), entry.to_version.size(), &bytes[72]);
  bytes[104] = static_cast<std::uint8_t>(entry.source.size());
  std::copy_n(entry.source.c_str(), entry.source.size(), &bytes[105]);
  bytes[152] = static_cast<std::uint8_t>(entry.slot);
  store_le32(&bytes[crc_at], codec::crc32({bytes.data(), crc_at}));
  return bytes;
}

Result<HistoryEntry> decode(const HistoryEntryBytes& bytes) {
  HistoryEntry entry;
  if (load_le16(&bytes[0]) != magic || bytes[2] != format_version || bytes[3] >= image::kinds ||
      load_le32(&bytes[crc_at]) != codec::crc32({bytes.data(), crc_at}) ||
      bytes[12] > static_cast<std::uint8_t>(UpdateResult::rolled_back) ||
      bytes[14] > entry.from_version.capacity() || bytes[15] > entry.to_version.capacity() ||
      bytes[104] > entry.source.capacity() || !is_slot(bytes[152])) {
    return UpdateError::no_image;
  }
  entry.kind = static_cast<image::Kind>(bytes[3]);
  entry.slot = static_cast<SlotId>(bytes[152]);
  entry.sequence = load_le32(&bytes[4]);
  entry.number = load_le32(&bytes[8]);
  entry.result = static_cast<UpdateResult>(bytes[12]);
  entry.cause = static_cast<UpdateError>(bytes[13]);
  entry.time_s = load_le64(&bytes[16]);
  std::copy_n(&bytes[24], entry.from.size(), entry.from.begin());
  std::copy_n(&bytes[32], entry.to.size(), entry.to.begin());
  entry.from_version = image::VersionText{as_text({&bytes[40], bytes[14]})};
  entry.to_version = image::VersionText{as_text({&bytes[72], bytes[15]})};
  entry.source = SourceText{as_text({&bytes[105], bytes[104]})};
  return entry;
}

}  // namespace airlift::boot
