#include "airlift/boot/slot_verifier.hpp"

namespace airlift::boot {
namespace {

/// The payload of an image that was sent as it is, or of a compressed one as its manifest tells: only the
/// image is still there.
image::PayloadFacts payload_of(const image::Identity& image, const image::Trailer& trailer) {
  image::PayloadFacts payload;
  payload.payload_bytes = payload.image_bytes = image.size_bytes;
  payload.payload_sha256 = payload.image_sha256 = image.sha256;
  const Result<image::Manifest> manifest = image::decode_manifest(trailer.manifest);
  if (manifest.ok() && manifest.value().compression != image::Compression::none) {
    payload.compression = manifest.value().compression;
    payload.payload_bytes = manifest.value().payload_bytes;
    payload.payload_sha256 = manifest.value().payload_sha256;
  }
  return payload;
}

}  // namespace

Status TrailerVerifier::verify(const SlotHeader& header, const image::Identity& image) {
  const Bytes tail = Bytes{header.trailer}.first(header.trailer_bytes);
  const Result<image::Trailer> trailer =
      image::find_trailer(tail, image.size_bytes + header.trailer_bytes, policy_);
  if (!trailer.ok()) return trailer.error();
  const image::PayloadFacts payload = payload_of(image, trailer.value());
  image::DeviceFacts facts;
  facts.slot_bytes = image.size_bytes;
  return image::judge(policy_, facts, header.kind, payload, trailer.value()).status();
}

}  // namespace airlift::boot
