#pragma once
// Offers without files, for tests of what is made of them.

#include <string>

#include "airlift_server/offer.hpp"

namespace airlift::server::testing {

[[nodiscard]] inline crypto::Sha256Digest sha256_of(std::string_view text) {
  return crypto::sha256(as_bytes(text));
}

[[nodiscard]] inline Digests digests_of(std::string_view text) {
  return {crypto::sha256(as_bytes(text)), crypto::md5(as_bytes(text))};
}

/// An image called `name`, whose digests are those of the texts `<name> file`, `<name> payload`, `<name>
/// image`, and whose entity tag is its name. With `version` it has a manifest.
[[nodiscard]] inline Image image_called(const std::string& name, std::string_view version = {}) {
  Image image;
  image.file.path = name;
  image.file.mark.size_bytes = 1000;
  image.file.digests = digests_of(name + " file");
  image.file.etag = "\"" + name + "\"";
  image.file.last_modified = "Sun, 06 Nov 1994 08:49:37 GMT";
  image.payload = digests_of(name + " payload");
  image.image = digests_of(name + " image");
  image.md5_text = "md5";
  image.sha256_text = "sha256";
  if (version.empty()) return image;
  image.manifest.emplace();
  image.manifest->version = image::ManifestText{version};
  return image;
}

[[nodiscard]] inline Offer offer_of(Image image) {
  return {std::make_shared<const Image>(std::move(image)), nullptr};
}

}  // namespace airlift::server::testing
