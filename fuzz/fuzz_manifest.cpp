// What a signature vouches for: airlift/image/manifest.hpp, and the order of versions in it.

#include <algorithm>

#include "airlift/image/manifest.hpp"
#include "airlift/image/version.hpp"
#include "require.hpp"

using airlift::Bytes;
using airlift::fuzz::is_printable;
using airlift::fuzz::require;
namespace image = airlift::image;

namespace {

void check_content(const image::Manifest& manifest) {
  require(!manifest.version.empty() && is_printable(manifest.version), "the version is printable");
  require(is_printable(manifest.minimum_version), "the minimum version is printable");
  for (const auto& board : manifest.boards())
    require(!board.empty() && is_printable(board), "boards are printable");
  require(manifest.payload_bytes > 0 && manifest.image_bytes > 0, "there is an image");
  const int order = image::compare_versions(manifest.version, manifest.minimum_version);
  const int reverse = image::compare_versions(manifest.minimum_version, manifest.version);
  require((order < 0) == (reverse > 0) && (order == 0) == (reverse == 0), "versions have an order");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const airlift::Result<image::Manifest> manifest = image::decode_manifest(bytes);
  if (!manifest.ok()) {
    require(manifest.error() == airlift::UpdateError::manifest_damaged, "it is damaged or right");
    return 0;
  }
  check_content(manifest.value());
  std::array<std::uint8_t, image::longest_manifest_bytes> room{};
  const Bytes again = Bytes{room}.first(image::encode_manifest(manifest.value(), room));
  require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()), "there is one encoding only");
  return 0;
}
