#include "airlift/image/trailer.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"

namespace airlift::image {
namespace {

using crypto::KeyType;
using crypto::PublicKey;

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

constexpr std::size_t esp8266_length_bytes{4};

static_assert(longest_manifest_bytes + crypto::ed25519_signature_bytes + footer_bytes <=
              longest_trailer_bytes);
static_assert(4096 / 8 + esp8266_length_bytes <= longest_trailer_bytes);
static_assert(esp32_trailer_bytes <= longest_trailer_bytes);

Bytes last(Bytes bytes, std::size_t count) {
  return bytes.subspan(bytes.size() - count);
}

bool has_footer(Bytes tail) {
  return tail.size() >= footer_bytes &&
         as_text(last(tail, footer_bytes).subspan(at_magic, magic.size())) == magic;
}

/// Whether a trailer of this size leaves a payload, and is all in sight.
bool fits(std::size_t trailer_bytes, Bytes tail, std::size_t file_bytes) {
  return trailer_bytes < file_bytes && trailer_bytes <= tail.size();
}

Result<Trailer> read_airlift(Bytes tail, std::size_t file_bytes) {
  const Bytes footer = last(tail, footer_bytes);
  const std::size_t manifest_bytes = load_le16(footer.data() + at_size);
  const std::size_t size = manifest_bytes + crypto::ed25519_signature_bytes + footer_bytes;
  if (footer[at_version] != trailer_version || footer[at_algorithm] != algorithm_ed25519 ||
      manifest_bytes > longest_manifest_bytes || !fits(size, tail, file_bytes)) {
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

/// The bytes of one DER SEQUENCE at the start; 0: there is none. Signatures for P-384 take at most 104 bytes,
/// so the length is always in the short form (X.690 8.1.3.4).
std::size_t der_sequence_bytes(Bytes bytes) {
  return bytes[0] == 0x30 && bytes[1] < 0x80 ? std::size_t{2} + bytes[1] : 0;
}

}  // namespace

std::size_t esp8266_signature_bytes(Bytes tail, std::size_t file_bytes) {
  if (!fits(esp8266_length_bytes, tail, file_bytes)) return 0;
  const std::size_t size = load_le32(last(tail, esp8266_length_bytes).data());
  const bool possible = size == 256 || size == 384 || size == 512;
  return possible && fits(size + esp8266_length_bytes, tail, file_bytes) ? size : 0;
}

Bytes esp32_signature(Bytes field, const PublicKey& key) {
  if (field.size() != esp32_trailer_bytes) return {};
  std::size_t size{0};
  if (key.type() == KeyType::rsa) size = key.bits() / 8;
  if (key.type() == KeyType::ecdsa) size = der_sequence_bytes(field);
  const Bytes padding = field.subspan(size);
  const bool zeros = std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; });
  return zeros ? field.first(size) : Bytes{};
}

Result<Trailer> find_trailer(Bytes tail, std::size_t file_bytes, Span<const PublicKey> keys) {
  if (has_footer(tail)) return read_airlift(tail, file_bytes);

  Trailer trailer;
  const std::size_t rsa_bytes = esp8266_signature_bytes(tail, file_bytes);
  const auto signs_esp8266 = [rsa_bytes](const PublicKey& key) {
    return key.type() == KeyType::rsa && key.bits() / 8 == rsa_bytes;
  };
  if (std::any_of(keys.begin(), keys.end(), signs_esp8266)) {
    trailer.format = Trailer::Format::esp8266;
    trailer.size_bytes = rsa_bytes + esp8266_length_bytes;
    trailer.signature = last(tail, trailer.size_bytes).first(rsa_bytes);
    return trailer;
  }
  if (!fits(esp32_trailer_bytes, tail, file_bytes)) return trailer;
  const Bytes field = last(tail, esp32_trailer_bytes);
  const auto signs_esp32 = [field](const PublicKey& key) { return !esp32_signature(field, key).empty(); };
  if (std::any_of(keys.begin(), keys.end(), signs_esp32)) {
    trailer.format = Trailer::Format::esp32;
    trailer.size_bytes = esp32_trailer_bytes;
    trailer.signature = field;
  }
  return trailer;
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
