#include "airlift/pull/judgement.hpp"

#include <algorithm>

#include "airlift/image/trailer.hpp"

namespace airlift::pull {
namespace {

using crypto::Sha256Digest;

bool is(const std::optional<Sha256Digest>& digest, const Sha256Digest& here) {
  return digest == here && here != Sha256Digest{};
}

}  // namespace

bool was_rolled_back(const boot::RecentUpdates& updates, const Sha256Digest& image) {
  const Span<const boot::HistoryEntry> all = updates.view();
  const boot::HistoryEntry* const newest = std::find_if(
      all.begin(), all.end(), [prefix = boot::prefix_of(image)](const boot::HistoryEntry& entry) {
        return entry.kind == image::Kind::firmware && entry.to == prefix;
      });
  // `cancelled`: another image took its place before it was ever started.
  return newest != all.end() && newest->result == boot::UpdateResult::rolled_back &&
         newest->cause != UpdateError::cancelled;
}

std::optional<image::Manifest> manifest_in(Bytes tail, std::uint32_t file_bytes) {
  const Result<image::Trailer> trailer = image::find_trailer(tail, file_bytes, Span<const crypto::KeyView>{});
  if (!trailer.ok() || trailer.value().format != image::Trailer::Format::airlift) return std::nullopt;
  const Result<image::Manifest> manifest = image::decode_manifest(trailer.value().manifest);
  return manifest.ok() ? std::optional{manifest.value()} : std::nullopt;
}

Judgement judge(const Offer& offer, const std::optional<image::Manifest>& manifest, const Known& known,
                const boot::RecentUpdates& updates) {
  const auto in_manifest = manifest ? std::optional{manifest->image_sha256} : std::nullopt;
  const bool same_md5 = offer.md5 && offer.md5 == known.md5;
  if (same_md5 || is(in_manifest, known.running) || is(offer.sha256, known.running))
    return Judgement::up_to_date;
  if (is(in_manifest, known.waiting) || is(offer.sha256, known.waiting)) return Judgement::waits_already;
  for (const std::optional<Sha256Digest>& digest : {in_manifest, offer.sha256}) {
    if (digest && was_rolled_back(updates, *digest)) return Judgement::failed_before;
  }
  const bool digest_known = in_manifest || offer.sha256 || offer.md5;
  const bool same_version = !offer.version.empty() && offer.version.view() == known.version;
  return same_version && !digest_known ? Judgement::up_to_date : Judgement::worth_having;
}

}  // namespace airlift::pull
