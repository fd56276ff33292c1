#pragma once
// What one pass over a file tells about it: digests, and what is in it. Memory does not depend on its size.

#include <vector>

#include "airlift/image/manifest.hpp"
#include "esp_reader.hpp"
#include "image_content.hpp"
#include "image_file.hpp"
#include "meter.hpp"

namespace airlift::cli {

/// The file is payload and trailer; the payload is the image, or gzip of it.
struct Survey {
  std::uint32_t file_bytes{0};
  crypto::Md5Digest file_md5{};
  crypto::Sha256Digest file_sha256{};

  std::uint32_t payload_bytes{0};
  image::Compression compression{image::Compression::none};
  crypto::Sha256Digest payload_sha256{};
  crypto::Sha384::Digest payload_sha384{};  ///< only with Digests::all, as the next
  crypto::Sha512Digest payload_sha512{};

  /// What follows is about as much of the image as could be unpacked: all of it when this is `none`; else
  /// gzip_damaged, gzip_window, or no_space: more than 4 GiB, which no device takes.
  UpdateError unpacking{UpdateError::none};
  std::uint64_t image_bytes{0};
  crypto::Sha256Digest image_sha256{};
  ContentGuess content;
  std::vector<EspPart> esp_parts;

  [[nodiscard]] Bytes payload_digest(crypto::DigestKind kind) const;
};

enum class Digests : std::uint8_t {
  usual,
  all,  ///< whatever an ESP32 signature may be over
};

/// Throws FileError.
[[nodiscard]] Survey survey(ImageFile& file, std::uint32_t payload_bytes, Digests digests, Meter& meter);

}  // namespace airlift::cli
