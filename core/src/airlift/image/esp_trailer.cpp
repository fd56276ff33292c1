#include "airlift/image/esp_trailer.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"

namespace airlift::image {
namespace {

using crypto::KeyType;
using crypto::KeyView;

constexpr std::size_t esp8266_length_bytes{4};

static_assert(4096 / 8 + esp8266_length_bytes <= longest_trailer_bytes);
static_assert(esp32_trailer_bytes <= longest_trailer_bytes);

/// The bytes of one DER SEQUENCE at the start; 0: there is none. Signatures for P-384 take at most 104 bytes,
/// so the length is always in the short form (X.690 8.1.3.4).
std::size_t der_sequence_bytes(Bytes bytes) {
  return bytes[0] == 0x30 && bytes[1] < 0x80 ? std::size_t{2} + bytes[1] : 0;
}

}  // namespace

std::size_t esp8266_signature_bytes(Bytes tail, std::size_t file_bytes) {
  if (!trailer_fits(esp8266_length_bytes, tail, file_bytes)) return 0;
  const std::size_t size = load_le32(last(tail, esp8266_length_bytes).data());
  const bool possible = size == 256 || size == 384 || size == 512;
  return possible && trailer_fits(size + esp8266_length_bytes, tail, file_bytes) ? size : 0;
}

Bytes esp32_signature(Bytes field, const KeyView& key) {
  if (field.size() != esp32_trailer_bytes) return {};
  std::size_t size{0};
  if (key.type() == KeyType::rsa) size = key.bits() / 8;
  if (key.type() == KeyType::ecdsa) size = der_sequence_bytes(field);
  const Bytes padding = field.subspan(size);
  const bool zeros = std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; });
  return zeros ? field.first(size) : Bytes{};
}

Trailer find_esp_trailer(Bytes tail, std::size_t file_bytes, Span<const KeyView> keys) {
  Trailer trailer;
  const std::size_t rsa_bytes = esp8266_signature_bytes(tail, file_bytes);
  const auto signs_esp8266 = [rsa_bytes](const KeyView& key) {
    return key.type() == KeyType::rsa && key.bits() / 8 == rsa_bytes;
  };
  if (std::any_of(keys.begin(), keys.end(), signs_esp8266)) {
    trailer.format = Trailer::Format::esp8266;
    trailer.size_bytes = rsa_bytes + esp8266_length_bytes;
    trailer.signature = last(tail, trailer.size_bytes).first(rsa_bytes);
    return trailer;
  }
  if (!trailer_fits(esp32_trailer_bytes, tail, file_bytes)) return trailer;
  const Bytes field = last(tail, esp32_trailer_bytes);
  const auto signs_esp32 = [field](const KeyView& key) { return !esp32_signature(field, key).empty(); };
  if (std::any_of(keys.begin(), keys.end(), signs_esp32)) {
    trailer.format = Trailer::Format::esp32;
    trailer.size_bytes = esp32_trailer_bytes;
    trailer.signature = field;
  }
  return trailer;
}

Status verify_esp(const crypto::KeyView& key, const Trailer& trailer, const EspDigests& digests) {
  if (trailer.format == Trailer::Format::esp8266) {
    return crypto::verify_rsa_pkcs1_sha256(key, digests.payload_sha256, trailer.signature);
  }
  const Bytes signature = esp32_signature(trailer.signature, key);
  const auto verify = key.type() == KeyType::rsa ? crypto::verify_rsa_pss : crypto::verify_ecdsa;
  return verify(key, digests.esp32_kind, digests.esp32, signature);
}

}  // namespace airlift::image
