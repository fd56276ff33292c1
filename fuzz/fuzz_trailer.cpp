// What an upload is and whether it is taken: airlift/image/trailer.hpp and policy.hpp, with keys of our own.
// Their private halves were thrown away once the seeds had been signed.

#include <algorithm>
#include <vector>

#include "airlift/codec/gzip.hpp"
#include "airlift/image/policy.hpp"
#include "airlift_posix/pem.hpp"
#include "require.hpp"

using airlift::Bytes;
using airlift::MutableBytes;
using airlift::Result;
using airlift::fuzz::require;
namespace codec = airlift::codec;
namespace crypto = airlift::crypto;
namespace image = airlift::image;
using Format = image::Trailer::Format;

namespace {

constexpr std::string_view pem_keys[]{
    R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEASLjOZmCgCjeB3dG9Kefk19U6nDuvj5un0SsPlG33v1w=
-----END PUBLIC KEY-----
)",
    R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjpJHz6bC/9q6ZwAbFDSW
vqb2Hz28qz+Xn/9wGUzxKUO+C+8AanG3ZtxfYmWUePRktrzhj5s4WpvCJP4oX/pH
gcwjGYX93x2bxl/HnklW5SmpBaSVJr8ASDVa0IRPiR4pIbtFPf192QL3ytHFYoSo
KsKayNMtTCcJDutRpdFVIyQOJfTtn/EOAneUQoIKWjJX8K69POw7wuEjC4R5tBE5
36y9Pw1LdMG2zCWYzH0wIvh/l9P/6i8sJXsY/ABQ7BjCEAxixcxJWwc1H6rllXJ8
cz+tIqYoAbW/R2i5AEU+Py8RmakY0P8RMDhNsMUZ7e91oVQAtb7lOZaxowYW0scB
qQIDAQAB
-----END PUBLIC KEY-----
)",
    R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBJy0y/N1KOc3Irxs1nHixLzpPj7H
6YEQt/7/gjzsFB5QAsHb/E0d9oa69fp3BMclIW/Xu7HDOzcGuZwOiB4o9w==
-----END PUBLIC KEY-----
)"};

const image::KeyRing& trusted_keys() {
  static const image::KeyRing ring = [] {
    image::KeyRing keys;
    for (const std::string_view pem : pem_keys) {
      const Result<crypto::PublicKey> key = airlift::posix::public_key_from_pem(pem);
      require(key.ok() && keys.add(key.value()), "the keys are read");
    }
    return keys;
  }();
  return ring;
}

std::vector<std::uint8_t> unpack(Bytes payload) {
  static std::vector<std::uint8_t> arena(codec::gzip_arena_bytes());
  codec::GzipReader reader{{arena.data(), arena.size()}};
  reader.start();
  std::vector<std::uint8_t> unpacked(1 << 16);
  MutableBytes out{unpacked.data(), unpacked.size()};
  (void)reader.feed(payload, out);
  unpacked.resize(unpacked.size() - out.size());
  return unpacked;
}

image::PayloadFacts facts_of(Bytes payload) {
  image::PayloadFacts facts;
  facts.payload_bytes = facts.image_bytes = static_cast<std::uint32_t>(payload.size());
  facts.payload_sha256 = facts.image_sha256 = crypto::sha256(payload);
  if (codec::is_gzip(payload)) {
    const std::vector<std::uint8_t> unpacked = unpack(payload);
    facts.compression = image::Compression::gzip;
    facts.image_bytes = static_cast<std::uint32_t>(unpacked.size());
    facts.image_sha256 = crypto::sha256({unpacked.data(), unpacked.size()});
  }
  return facts;
}

bool inside(Bytes part, Bytes whole) {
  return part.empty() || (part.begin() >= whole.begin() && part.end() <= whole.end());
}

void check_trailer(const image::Trailer& trailer, Bytes tail, std::size_t file_bytes) {
  require((trailer.format == Format::none) == (trailer.size_bytes == 0), "a trailer has a size");
  require(trailer.size_bytes == 0 || trailer.size_bytes < file_bytes, "a payload is left");
  require(trailer.size_bytes <= image::longest_trailer_bytes, "no trailer is longer");
  require(inside(trailer.manifest, tail) && inside(trailer.signature, tail), "the parts are in the tail");
}

void check_verdict(const image::Policy& policy, const image::DeviceFacts& device,
                   const image::Trailer& trailer, Bytes payload) {
  image::PayloadFacts facts = facts_of(payload);
  facts.esp32_digest = facts.payload_sha256;
  const Result<image::Approved> verdict = judge(policy, device, image::Kind::firmware, facts, trailer);
  if (!verdict.ok()) return;
  const image::Approved& approved = verdict.value();
  require(approved.verified == (policy.mode == image::SignatureMode::required), "verified when required");
  require(!approved.verified || policy.keys->find(approved.key_id) != nullptr, "by a trusted key");
  require(approved.verified || approved.verified_counter() == 0, "else nothing can raise the floor");
  require(approved.payload_bytes == payload.size() && approved.format == trailer.format, "what was judged");
  require(check_announced(policy, device, image::Kind::firmware, approved.payload_bytes, trailer).ok(),
          "the early answer was the same");
  if (trailer.format == Format::none) return;
  ++facts.payload_sha256[0];
  facts.esp32_digest = facts.payload_sha256;
  require(!judge(policy, device, image::Kind::firmware, facts, trailer).ok(), "another payload is refused");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes file{data, size};
  const Bytes last = file.subspan(size - std::min(size, image::longest_trailer_bytes));
  const std::vector<std::uint8_t> copy(last.begin(), last.end());  // so that a byte before the tail is seen
  const Bytes tail{copy.data(), copy.size()};
  image::DeviceFacts device;
  device.has_active = true;
  device.running_version = "1.5";
  device.slot_bytes = 1 << 16;
  for (const auto mode : {image::SignatureMode::required, image::SignatureMode::off}) {
    const image::Policy policy{mode, &trusted_keys(), crypto::DigestKind::sha256, "linux"};
    const Result<image::Trailer> trailer = find_trailer(tail, size, policy);
    if (!trailer.ok()) {
      require(trailer.error() == airlift::UpdateError::manifest_damaged, "damaged or right");
      continue;
    }
    check_trailer(trailer.value(), tail, size);
    check_verdict(policy, device, trailer.value(), file.first(size - trailer.value().size_bytes));
  }
  return 0;
}
