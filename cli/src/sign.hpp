#pragma once
// Makes signed images: Airlift's, and bit for bit those of the Arduino cores' own tools.

#include <string>

#include "airlift/image/trailer.hpp"
#include "key_file.hpp"

namespace airlift::cli {

/// What to do with a file that seems to be signed already.
enum class SignedAlready : std::uint8_t {
  refused,
  replaced,  ///< its signature is taken off first
  kept,      ///< it is signed as it is: it only seems so
};

enum class Compress : std::uint8_t { as_it_is, gzip };

struct SignRequest {
  image::Trailer::Format format{image::Trailer::Format::airlift};  ///< not `none`
  std::string input;
  std::string output;
  crypto::DigestKind esp32_digest{crypto::DigestKind::sha256};
  Compress compress{Compress::as_it_is};
  SignedAlready signed_already{SignedAlready::refused};
  image::Manifest manifest;  ///< for airlift: all but what the file itself tells
};

struct SignReport {
  image::Compression compression{image::Compression::none};
  std::uint64_t image_bytes{0};
  std::uint32_t payload_bytes{0};
  std::size_t trailer_bytes{0};
};

/// Writes the signed file, whole or not at all. Throws CommandError.
[[nodiscard]] SignReport sign(const SignRequest& request, const PrivateKey& key);

}  // namespace airlift::cli
