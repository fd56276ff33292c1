#include "airlift/boot/slot_header.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/codec/crc32.hpp"

namespace airlift::boot {
namespace {

constexpr std::uint32_t magic{0x48534C41};  // "ALSH"
constexpr std::uint32_t format_version{1};
constexpr std::size_t trailer_at{128};
constexpr std::size_t crc_at{slot_header_bytes - 4};

}  // namespace

SlotHeaderBytes encode(const SlotHeader& header) {
  SlotHeaderBytes bytes{};
  store_le32(&bytes[0], magic);
  store_le32(&bytes[4], format_version);
  bytes[8] = static_cast<std::uint8_t>(header.kind);
  bytes[9] = header.verified ? 1 : 0;
  store_le16(&bytes[10], static_cast<std::uint16_t>(header.trailer_bytes));
  store_le32(&bytes[12], header.image.size_bytes);
  std::copy(header.image.sha256.begin(), header.image.sha256.end(), &bytes[16]);
  store_le32(&bytes[48], header.security_counter);
  bytes[52] = static_cast<std::uint8_t>(header.version.size());
  std::copy_n(header.version.c_str(), header.version.size(), &bytes[53]);
  store_le32(&bytes[84], header.sequence);
  std::copy_n(header.trailer.begin(), header.trailer_bytes, &bytes[trailer_at]);
  store_le32(&bytes[crc_at], codec::crc32({bytes.data(), crc_at}));
  return bytes;
}

Status decode(const SlotHeaderBytes& bytes, SlotHeader& header) {
  header = {};
  header.trailer_bytes = load_le16(&bytes[10]);
  if (load_le32(&bytes[0]) != magic || load_le32(&bytes[4]) != format_version ||
      load_le32(&bytes[crc_at]) != codec::crc32({bytes.data(), crc_at}) || bytes[8] >= image::kinds ||
      bytes[9] > 1 || bytes[52] > header.version.capacity() || header.trailer_bytes > header.trailer.size()) {
    return UpdateError::no_image;
  }
  header.kind = static_cast<image::Kind>(bytes[8]);
  header.verified = bytes[9] == 1;
  header.image.size_bytes = load_le32(&bytes[12]);
  std::copy_n(&bytes[16], header.image.sha256.size(), header.image.sha256.begin());
  header.security_counter = load_le32(&bytes[48]);
  header.version = image::VersionText{as_text({&bytes[53], bytes[52]})};
  header.sequence = load_le32(&bytes[84]);
  std::copy_n(&bytes[trailer_at], header.trailer_bytes, header.trailer.begin());
  return {};
}

}  // namespace airlift::boot
