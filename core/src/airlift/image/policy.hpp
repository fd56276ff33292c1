#pragma once
// Whether a device takes an image. Pure functions; the table of checks: docs/design/image-format.md.

#include <optional>

#include "airlift/image/key_ring.hpp"
#include "airlift/image/trailer.hpp"

namespace airlift::image {

enum class SignatureMode : std::uint8_t {
  off,       ///< signatures are not looked at; what a manifest says is held to, against mistakes
  required,  ///< only what a trusted key has signed is taken
};

/// What the device's owner wants. Views; the owner of the policy keeps them alive.
struct Policy {
  SignatureMode mode{SignatureMode::off};
  const TrustedKeys* keys{nullptr};  ///< never null when `required`; an empty ring then refuses everything
  crypto::DigestKind esp32_digest{crypto::DigestKind::sha256};
  std::string_view board_id;
};

/// What the device has come to. Views, as above.
struct DeviceFacts {
  bool has_active{false};            ///< there is an active image of the kind in question
  std::string_view running_version;  ///< of that image; empty: unknown
  std::uint32_t security_floor{0};   ///< the highest confirmed counter of a verified manifest
  Span<const crypto::KeyId> retired_keys;
  std::uint32_t slot_bytes{0};  ///< room for an (unpacked) image of the kind in question
};

/// What has arrived. The payload is the file without its trailer, the image is the payload, unpacked when it
/// is gzip.
struct PayloadFacts {
  Compression compression{Compression::none};
  std::uint32_t payload_bytes{0};
  std::uint32_t image_bytes{0};
  crypto::Sha256Digest payload_sha256{};
  crypto::Sha256Digest image_sha256{};
  Bytes esp32_digest;  ///< of the payload, where Policy::esp32_digest is not SHA-256; for an esp32 trailer
};

/// What was approved, and why.
struct Approved {
  Trailer::Format format{Trailer::Format::none};
  std::size_t trailer_bytes{0};
  std::uint32_t payload_bytes{0};
  bool verified{false};              ///< a trusted key has signed it
  crypto::KeyId key_id{};            ///< that key; zeros when not verified
  std::optional<Manifest> manifest;  ///< present with the airlift format only

  /// What counts against the floor, and may raise it once the image is confirmed: 0 unless verified.
  [[nodiscard]] std::uint32_t verified_counter() const {
    return verified && manifest ? manifest->security_counter : 0;
  }
};

/// As find_trailer() of trailer.hpp, with the keys that this policy makes count: none when signatures are
/// off.
[[nodiscard]] Result<Trailer> find_trailer(Bytes tail, std::size_t file_bytes, const Policy& policy);

/// Decides over a whole upload of kind `kind`. Outcomes: approved; or the first of the errors in the table
/// that applies: no_trusted_key, signature_missing, manifest_damaged, key_unknown,
/// signature_wrong, legacy_signature, key_retired, wrong_board, wrong_kind, version_too_old, counter_too_low,
/// no_space, manifest_mismatch.
[[nodiscard]] Result<Approved> judge(const Policy& policy, const DeviceFacts& facts, Kind kind,
                                     const PayloadFacts& payload, const Trailer& trailer);

/// Decides as much of this as can be before the first byte of the payload has come, from a trailer that the
/// uploader shows and the payload size it announces. Outcomes: ok: judge() may still refuse; or as judge(),
/// without what needs the payload's digest.
[[nodiscard]] Status check_announced(const Policy& policy, const DeviceFacts& facts, Kind kind,
                                     std::uint32_t payload_bytes, const Trailer& trailer);

}  // namespace airlift::image
