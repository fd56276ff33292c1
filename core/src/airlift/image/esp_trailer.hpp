#pragma once
// The trailers of the Arduino cores, apart from Airlift's for devices that take only that.
// docs/design/image-format.md.

#include "airlift/image/trailer.hpp"

namespace airlift::image {

inline constexpr std::size_t esp32_trailer_bytes{512};

/// find_trailer() of trailer.hpp, for a file without Airlift's footer.
[[nodiscard]] Trailer find_esp_trailer(Bytes tail, std::size_t file_bytes, Span<const crypto::KeyView> keys);

/// What the cores' signatures are over.
struct EspDigests {
  const crypto::Sha256Digest& payload_sha256;
  crypto::DigestKind esp32_kind{};
  Bytes esp32;
};

/// Whether `key` has made the signature of an esp8266 or esp32 trailer. Outcomes: as those of
/// crypto/signature.hpp.
[[nodiscard]] Status verify_esp(const crypto::KeyView& key, const Trailer& trailer,
                                const EspDigests& digests);

/// The signature's size that the file's last four bytes state, in ESP8266's way: 256, 384 or 512; 0: it has
/// no such trailer. `tail` as for find_trailer().
[[nodiscard]] std::size_t esp8266_signature_bytes(Bytes tail, std::size_t file_bytes);

/// The signature in ESP32's 512 bytes that `key` could have made: as long as an RSA modulus, or as the DER
/// sequence says, followed by zeros only. Empty: it could not.
[[nodiscard]] Bytes esp32_signature(Bytes field, const crypto::KeyView& key);

}  // namespace airlift::image
