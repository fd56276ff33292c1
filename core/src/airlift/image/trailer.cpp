#include "airlift/image/trailer.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/image/esp_trailer.hpp"

namespace airlift::image {
namespace {

using crypto::KeyView;

constexpr std::string_view magic{"AirliftM"};
constexpr std::uint8_t trailer_version{1};
constexpr std::uint8_t algorithm_ed25519{1};

/// Offsets in the footer.
enum At : std::size_t {
  at_key = 0,
  at_size = 8,
  at_version = 10,
  at_algorithm = 11,
  at_magic = 12,
  at_image = 20
};

static_assert(longest_manifest_bytes + crypto::ed25519_signature_bytes + footer_bytes <=
              longest_trailer_bytes);

bool has_footer(Bytes tail) {
  return tail.size() >= footer_bytes &&
         as_text(last(tail, footer_bytes).subspan(at_magic, magic.size())) == magic;
}

Result<Trailer> read_airlift(Bytes tail, std::size_t file_bytes) {
  const Bytes footer = last(tail, footer_bytes);
  const std::size_t manifest_bytes = load_le16(footer.data() + at_size);
  const std::size_t size = manifest_bytes + crypto::ed25519_signature_bytes + footer_bytes;
  if (footer[at_version] != trailer_version || footer[at_algorithm] != algorithm_ed25519 ||
      manifest_bytes > longest_manifest_bytes || !trailer_fits(size, tail, file_bytes)) {
    return UpdateError::manifest_damaged;
  }
  Trailer trailer;
  trailer.format = Trailer::Format::airlift;
  trailer.size_bytes = size;
  trailer.manifest = last(tail, size).first(manifest_bytes);
  trailer.signature = last(tail, size).subspan(manifest_bytes, crypto::ed25519_signature_bytes);
  std::copy_n(footer.data() + at_key, trailer.key_id.size(), trailer.key_id.begin());
  const Result<Manifest> manifest = decode_manifest(trailer.manifest);
  if (!manifest.ok() || manifest.value().image_bytes != load_le32(footer.data() + at_image)) {
    return UpdateError::manifest_damaged;
  }
  return trailer;
}

}  // namespace

Result<Trailer> find_trailer(Bytes tail, std::size_t file_bytes, Span<const KeyView> keys) {
  return has_footer(tail) ? read_airlift(tail, file_bytes) : find_esp_trailer(tail, file_bytes, keys);
}

std::array<std::uint8_t, footer_bytes> encode_footer(const crypto::KeyId& key, std::size_t manifest_bytes,
                                                     std::uint32_t image_bytes) {
  assert(manifest_bytes <= longest_manifest_bytes);
  std::array<std::uint8_t, footer_bytes> footer{};
  std::copy(key.begin(), key.end(), footer.begin() + at_key);
  store_le16(footer.data() + at_size, static_cast<std::uint16_t>(manifest_bytes));
  footer[at_version] = trailer_version;
  footer[at_algorithm] = algorithm_ed25519;
  magic.copy(reinterpret_cast<char*>(footer.data()) + at_magic, magic.size());
  store_le32(footer.data() + at_image, image_bytes);
  return footer;
}

}  // namespace airlift::image
