#pragma once
// Airlift's manifest: what a signature vouches for. Byte table: docs/design/image-format.md.

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/status.hpp"
#include "airlift/crypto/signature.hpp"
#include "airlift/image/image.hpp"

namespace airlift::image {

/// How the payload carries the image.
enum class Compression : std::uint8_t { none, gzip };

[[nodiscard]] constexpr std::string_view name_of(Compression compression) {
  return compression == Compression::none ? "none" : "gzip";
}

inline constexpr std::size_t longest_manifest_bytes{600};
inline constexpr std::size_t longest_manifest_text{31};  ///< of a version or a board id
inline constexpr std::size_t most_boards{8};
inline constexpr std::size_t most_retired_keys{4};

using ManifestText = FixedString<longest_manifest_text>;

struct Manifest {
  Kind kind{Kind::firmware};
  Compression compression{Compression::none};
  std::uint32_t payload_bytes{0};         ///< without the trailer; not 0
  std::uint32_t image_bytes{0};           ///< of the unpacked payload; not 0
  crypto::Sha256Digest payload_sha256{};  ///< uncompressed: equal to image_sha256
  crypto::Sha256Digest image_sha256{};    ///< of the unpacked payload
  std::uint32_t security_counter{0};
  std::uint64_t build_time_s{0};  ///< Unix seconds; 0: unknown
  std::uint64_t bundle_id{0};     ///< images with the same id are switched together; 0: none
  ManifestText version;           ///< not empty; printable ASCII, as all texts here
  ManifestText minimum_version;   ///< the oldest version to update from; empty: any
  std::array<ManifestText, most_boards> board_ids{};  ///< the first board_count, strictly ascending
  std::size_t board_count{0};                         ///< 0: any board
  std::array<crypto::KeyId, most_retired_keys> retired_key_ids{};  ///< the first retired_count, likewise
  std::size_t retired_count{0};

  [[nodiscard]] Span<const ManifestText> boards() const {
    return Span<const ManifestText>{board_ids}.first(board_count);
  }
  [[nodiscard]] Span<const crypto::KeyId> retired_keys() const {
    return Span<const crypto::KeyId>{retired_key_ids}.first(retired_count);
  }
};

/// Outcomes: the manifest; manifest_damaged: anything but the one encoding of one valid manifest. Whatever
/// this accepts, encode_manifest() gives back bit for bit.
[[nodiscard]] Result<Manifest> decode_manifest(Bytes bytes);

/// Writes the manifest to the start of `into`, which has longest_manifest_bytes. Gives its size; 0: the
/// manifest breaks a rule above (empty version, boards out of order, ...).
[[nodiscard]] std::size_t encode_manifest(const Manifest& manifest, MutableBytes into);

}  // namespace airlift::image
