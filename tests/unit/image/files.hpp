#pragma once
// Files as uploaders send them, and a device that judges them as the updater does.

#include <algorithm>
#include <string>
#include <vector>

#include "airlift/codec/gzip.hpp"
#include "airlift/image/esp_trailer.hpp"
#include "airlift/image/policy.hpp"
#include "support/openssl_program.hpp"

namespace airlift::image {

/// A small firmware for the board "linux" that is signed as it should be.
[[nodiscard]] inline Manifest manifest_of(std::string_view payload) {
  Manifest manifest;
  manifest.payload_bytes = manifest.image_bytes = static_cast<std::uint32_t>(payload.size());
  manifest.payload_sha256 = manifest.image_sha256 = crypto::sha256(as_bytes(payload));
  manifest.security_counter = 5;
  manifest.build_time_s = 1'700'000'000;
  manifest.version = std::string_view{"2.1.0"};
  manifest.minimum_version = std::string_view{"1.0"};
  manifest.board_ids[0] = std::string_view{"linux"};
  manifest.board_count = 1;
  return manifest;
}

[[nodiscard]] inline std::string encoded(const Manifest& manifest) {
  std::array<std::uint8_t, longest_manifest_bytes> room{};
  return std::string{as_text(Bytes{room}.first(encode_manifest(manifest, room)))};
}

/// Airlift's trailer with the given parts, whether they fit together or not.
[[nodiscard]] inline std::string trailer_of(std::string_view manifest, std::string_view signature,
                                            const crypto::KeyId& key, std::uint32_t image_bytes) {
  std::string trailer{manifest};
  trailer += signature;
  return trailer += as_text(encode_footer(key, manifest.size(), image_bytes));
}

/// `payload` with Airlift's trailer, signed by openssl.
[[nodiscard]] inline std::string airlift_file(const testing::OpensslProgram& openssl, const std::string& key,
                                              std::string_view payload, const Manifest& manifest) {
  const std::string bytes = encoded(manifest);
  return std::string{payload} +
         trailer_of(bytes, openssl.sign_ed25519(key, bytes), openssl.key(key).id(), manifest.image_bytes);
}

[[nodiscard]] inline std::string little_endian(std::uint32_t value) {
  return {static_cast<char>(value), static_cast<char>(value >> 8), static_cast<char>(value >> 16),
          static_cast<char>(value >> 24)};
}

[[nodiscard]] inline std::string esp8266_file(std::string_view payload, std::string_view signature) {
  return std::string{payload} + std::string{signature} +
         little_endian(static_cast<std::uint32_t>(signature.size()));
}

[[nodiscard]] inline std::string esp32_file(std::string_view payload, std::string_view signature) {
  return std::string{payload} + std::string{signature} +
         std::string(esp32_trailer_bytes - signature.size(), '\0');
}

/// The last bytes of a file, in memory of exactly that size, so that a sanitizer sees one read too many.
[[nodiscard]] inline std::vector<std::uint8_t> tail_of(std::string_view file) {
  const std::size_t size = std::min(file.size(), longest_trailer_bytes);
  const Bytes bytes = as_bytes(file.substr(file.size() - size));
  return {bytes.begin(), bytes.end()};
}

[[nodiscard]] inline std::string unpacked(std::string_view payload) {
  std::vector<std::uint8_t> arena(codec::gzip_arena_bytes());
  codec::GzipReader reader{{arena.data(), arena.size()}};
  reader.start();
  std::vector<std::uint8_t> image(1 << 20);
  MutableBytes out{image.data(), image.size()};
  Bytes in = as_bytes(payload);
  (void)reader.feed(in, out);
  return std::string{as_text(Bytes{image.data(), image.size() - out.size()})};
}

/// A device whose board is "linux", which runs version 1.5 and has room for a million bytes.
class Device {
 public:
  Device() {
    facts.has_active = true;
    facts.running_version = "1.5";
    facts.slot_bytes = 1'000'000;
    policy.keys = &keys;
    policy.board_id = "linux";
  }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  void trust(const crypto::PublicKey& key) {
    policy.mode = SignatureMode::required;
    (void)keys.add(key);
  }

  [[nodiscard]] Result<Approved> take(std::string_view file, Kind kind = Kind::firmware) const {
    const std::vector<std::uint8_t> tail = tail_of(file);
    const Result<Trailer> trailer = find_trailer({tail.data(), tail.size()}, file.size(), policy);
    if (!trailer.ok()) return trailer.error();
    const std::string_view payload = file.substr(0, file.size() - trailer.value().size_bytes);
    const bool packed = codec::is_gzip(as_bytes(payload));
    const std::string image = packed ? unpacked(payload) : std::string{payload};
    crypto::Sha2 hash{policy.esp32_digest};
    PayloadFacts arrived;
    arrived.compression = packed ? Compression::gzip : Compression::none;
    arrived.payload_bytes = static_cast<std::uint32_t>(payload.size());
    arrived.image_bytes = static_cast<std::uint32_t>(image.size());
    arrived.payload_sha256 = crypto::sha256(as_bytes(payload));
    arrived.image_sha256 = crypto::sha256(as_bytes(image));
    arrived.esp32_digest = hash.update(as_bytes(payload)).finish();
    return judge(policy, facts, kind, arrived, trailer.value());
  }

  /// The answer to an uploader that shows the end of the file first.
  [[nodiscard]] Status take_early(std::string_view file, Kind kind = Kind::firmware) const {
    const std::vector<std::uint8_t> tail = tail_of(file);
    const Result<Trailer> trailer = find_trailer({tail.data(), tail.size()}, file.size(), policy);
    if (!trailer.ok()) return trailer.error();
    const std::size_t payload_bytes = file.size() - trailer.value().size_bytes;
    return check_announced(policy, facts, kind, static_cast<std::uint32_t>(payload_bytes), trailer.value());
  }

  [[nodiscard]] UpdateError error(std::string_view file, Kind kind = Kind::firmware) const {
    return take(file, kind).error();
  }
  [[nodiscard]] UpdateError early_error(std::string_view file, Kind kind = Kind::firmware) const {
    return take_early(file, kind).error();
  }

  KeyRing keys;
  Policy policy;
  DeviceFacts facts;
};

}  // namespace airlift::image
