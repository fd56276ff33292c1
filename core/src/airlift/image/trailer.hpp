#pragma once
// What stands behind the payload of an uploaded file: Airlift's trailer, or one of the two that the Arduino
// cores use. Byte tables and the order of detection: docs/design/image-format.md.

#include "airlift/image/manifest.hpp"

namespace airlift::image {

/// No trailer is longer: so many last bytes of a file tell all.
inline constexpr std::size_t longest_trailer_bytes{768};

[[nodiscard]] inline Bytes last(Bytes bytes, std::size_t count) {
  return bytes.subspan(bytes.size() - count);
}

/// Whether a trailer of this size leaves a payload, and is all in sight.
[[nodiscard]] inline bool trailer_fits(std::size_t trailer_bytes, Bytes tail, std::size_t file_bytes) {
  return trailer_bytes < file_bytes && trailer_bytes <= tail.size();
}

struct Trailer {
  enum class Format : std::uint8_t {
    none,     ///< the whole file is the payload
    airlift,  ///< manifest, Ed25519 signature, footer
    esp8266,  ///< RSA signature over the payload, its length
    esp32,    ///< RSA-PSS or ECDSA signature over the payload, padded with zeros to 512 bytes
  };
  Format format{Format::none};
  std::size_t size_bytes{0};  ///< the payload is the file without so many last bytes
  Bytes manifest;             ///< airlift only; a view into the tail, as the next
  Bytes signature;            ///< airlift: 64 bytes; esp8266: as long as the modulus; esp32: all 512 bytes
  crypto::KeyId key_id{};     ///< airlift only: who says to have signed
};

[[nodiscard]] constexpr std::string_view name_of(Trailer::Format format) {
  switch (format) {
    case Trailer::Format::airlift:
      return "airlift";
    case Trailer::Format::esp8266:
      return "esp8266";
    case Trailer::Format::esp32:
      return "esp32";
    case Trailer::Format::none:
      break;
  }
  return "none";
}

/// Tells the trailer of a file of `file_bytes` bytes from its last ones: `tail` holds
/// min(file_bytes, longest_trailer_bytes) of them, or what an uploader shows in advance, and outlives the
/// trailer. A trailer that is not all in sight is none, or damaged. Nothing is verified here. The trailers of
/// the Arduino cores cannot be told from payload by themselves: one is found only when it fits one of `keys`
/// (docs/design/image-format.md); without RSA and EC keys none is. Outcomes: the trailer, perhaps `none`;
/// manifest_damaged: Airlift's footer stands there, but nothing whole before it.
[[nodiscard]] Result<Trailer> find_trailer(Bytes tail, std::size_t file_bytes,
                                           Span<const crypto::KeyView> keys);

// The parts, for those who write or explain files.

inline constexpr std::size_t footer_bytes{24};

/// The last bytes of Airlift's trailer, which is manifest + signature over exactly the manifest + footer.
/// `image_bytes` is the manifest's: the ESP8266 core's boot loader looks for it at the end of a gzip file.
[[nodiscard]] std::array<std::uint8_t, footer_bytes> encode_footer(const crypto::KeyId& key,
                                                                   std::size_t manifest_bytes,
                                                                   std::uint32_t image_bytes);

}  // namespace airlift::image
