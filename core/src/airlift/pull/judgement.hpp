#pragma once
// What an offer is to this device before anybody looks whether it could be installed. The table:
// docs/design/pull.md, "One check".

#include "airlift/boot/history.hpp"
#include "airlift/image/manifest.hpp"
#include "airlift/pull/offer.hpp"

namespace airlift::pull {

/// What the device has come to.
struct Known {
  crypto::Sha256Digest running{};        ///< all zero: nothing runs
  std::optional<crypto::Md5Digest> md5;  ///< of what runs
  std::string_view version;              ///< of what runs; empty: unknown
  crypto::Sha256Digest waiting{};  ///< staged, until the other image of its bundle comes; all zero: none
};

enum class Judgement : std::uint8_t {
  worth_having,  ///< nothing is known against it
  up_to_date,
  waits_already,  ///< it has been installed, and waits for the other image of its bundle
  failed_before,
};

/// The manifest at the end of a file, of which `tail` holds the last bytes; nothing: there is none, or it is
/// damaged.
[[nodiscard]] std::optional<image::Manifest> manifest_in(Bytes tail, std::uint32_t file_bytes);

/// `updates`: what has been installed here.
[[nodiscard]] Judgement judge(const Offer& offer, const std::optional<image::Manifest>& manifest,
                              const Known& known, const boot::RecentUpdates& updates);

/// Whether the newest update to this image ended with its being rolled back after it had been started.
[[nodiscard]] bool was_rolled_back(const boot::RecentUpdates& updates, const crypto::Sha256Digest& image);

}  // namespace airlift::pull
