#include "airlift/image/policy.hpp"

#include <algorithm>

#include "airlift/image/esp_trailer.hpp"
#include "airlift/image/version.hpp"

namespace airlift::image {
namespace {

using crypto::KeyId;
using crypto::KeyView;
using Format = Trailer::Format;

/// What is judged, and what has been found out so far.
struct Case {
  const Policy& policy;
  const DeviceFacts& facts;
  Kind kind{Kind::firmware};
  const Trailer& trailer;
  const PayloadFacts* payload{nullptr};  ///< null: still to come
  Approved found;

  [[nodiscard]] bool required() const { return policy.mode == SignatureMode::required; }
  [[nodiscard]] const Manifest* manifest() const { return found.manifest ? &*found.manifest : nullptr; }
};

bool contains(Span<const KeyId> ids, const KeyId& id) {
  for (const KeyId& known : ids) {
    if (known == id) return true;
  }
  return false;
}

UpdateError refuse_when(bool wrong, UpdateError error) {
  return wrong ? error : UpdateError::none;
}

UpdateError check_keys(Case& c) {
  const bool none = c.policy.keys == nullptr || c.policy.keys->empty();
  return refuse_when(c.required() && none, UpdateError::no_trusted_key);
}

UpdateError check_trailer(Case& c) {
  return refuse_when(c.required() && c.trailer.format == Format::none, UpdateError::signature_missing);
}

UpdateError check_manifest(Case& c) {
  if (c.trailer.format != Format::airlift) return UpdateError::none;
  const Result<Manifest> manifest = decode_manifest(c.trailer.manifest);
  if (!manifest.ok()) return manifest.error();
  c.found.manifest = manifest.value();
  return refuse_when(contains(manifest.value().retired_keys(), c.trailer.key_id),
                     UpdateError::manifest_damaged);
}

/// Called once `key` has been found to have signed.
UpdateError approve_key(Case& c, const KeyView& key) {
  if (contains(c.facts.retired_keys, key.id())) return UpdateError::key_retired;
  c.found.verified = true;
  c.found.key_id = key.id();
  return UpdateError::none;
}

UpdateError check_airlift_signature(Case& c) {
  const KeyView* key = c.policy.keys->find(c.trailer.key_id);
  if (key == nullptr || key->type() != crypto::KeyType::ed25519) return UpdateError::key_unknown;
  const Status verified = crypto::verify_ed25519(*key, c.trailer.manifest, c.trailer.signature);
  return verified.ok() ? approve_key(c, *key) : verified.error();
}

/// The Arduino cores' trailers do not say who signed.
UpdateError check_esp_signature(Case& c) {
  if (c.payload == nullptr) return UpdateError::none;
  const crypto::Sha256Digest& sha256 = c.payload->payload_sha256;
  const crypto::DigestKind kind = c.policy.esp32_digest;
  const EspDigests digests{sha256, kind,
                           kind == crypto::DigestKind::sha256 ? Bytes{sha256} : c.payload->esp32_digest};
  UpdateError reason{UpdateError::signature_wrong};
  for (const KeyView& key : c.policy.keys->keys()) {
    const Status verified = verify_esp(key, c.trailer, digests);
    if (verified.ok()) return approve_key(c, key);
    if (verified.error() == UpdateError::legacy_signature) reason = verified.error();
  }
  return reason;
}

UpdateError check_signature(Case& c) {
  if (!c.required()) return UpdateError::none;
  return c.trailer.format == Format::airlift ? check_airlift_signature(c) : check_esp_signature(c);
}

UpdateError check_board(Case& c) {
  if (c.manifest() == nullptr || c.manifest()->boards().empty()) return UpdateError::none;
  const auto is_ours = [&c](const ManifestText& board) { return board.view() == c.policy.board_id; };
  const Span<const ManifestText> boards = c.manifest()->boards();
  return refuse_when(std::none_of(boards.begin(), boards.end(), is_ours), UpdateError::wrong_board);
}

UpdateError check_kind(Case& c) {
  return refuse_when(c.manifest() != nullptr && c.manifest()->kind != c.kind, UpdateError::wrong_kind);
}

UpdateError check_version(Case& c) {
  // A first image updates from nothing.
  if (c.manifest() == nullptr || c.manifest()->minimum_version.empty() || !c.facts.has_active)
    return UpdateError::none;
  return refuse_when(compare_versions(c.facts.running_version, c.manifest()->minimum_version) < 0,
                     UpdateError::version_too_old);
}

UpdateError check_counter(Case& c) {
  const std::uint32_t counter = c.manifest() == nullptr ? 0 : c.manifest()->security_counter;
  return refuse_when(counter < c.facts.security_floor, UpdateError::counter_too_low);
}

UpdateError check_space(Case& c) {
  std::uint32_t image_bytes{0};  // unknown before an image without manifest is unpacked
  if (c.payload != nullptr) image_bytes = c.payload->image_bytes;
  if (c.manifest() != nullptr) image_bytes = c.manifest()->image_bytes;
  return refuse_when(image_bytes > c.facts.slot_bytes, UpdateError::no_space);
}

UpdateError check_payload(Case& c) {
  const Manifest* said = c.manifest();
  if (said == nullptr) return UpdateError::none;
  if (said->payload_bytes != c.found.payload_bytes) return UpdateError::manifest_mismatch;
  if (c.payload == nullptr) return UpdateError::none;
  return refuse_when(
      said->compression != c.payload->compression || said->image_bytes != c.payload->image_bytes ||
          said->payload_sha256 != c.payload->payload_sha256 || said->image_sha256 != c.payload->image_sha256,
      UpdateError::manifest_mismatch);
}

/// The table of docs/design/image-format.md: the first that finds something wrong is the reason.
constexpr UpdateError (*checks[])(Case&){
    check_keys,       // no_trusted_key
    check_trailer,    // signature_missing
    check_manifest,   // manifest_damaged
    check_signature,  // key_unknown, signature_wrong, legacy_signature, key_retired
    check_board,      // wrong_board
    check_kind,       // wrong_kind
    check_version,    // version_too_old
    check_counter,    // counter_too_low
    check_space,      // no_space
    check_payload,    // manifest_mismatch
};

UpdateError run(Case& c) {
  for (const auto check : checks) {
    if (const UpdateError error = check(c); error != UpdateError::none) return error;
  }
  return UpdateError::none;
}

Approved found_at_first(const Trailer& trailer, std::uint32_t payload_bytes) {
  Approved found;
  found.format = trailer.format;
  found.trailer_bytes = trailer.size_bytes;
  found.payload_bytes = payload_bytes;
  return found;
}

}  // namespace

Result<Trailer> find_trailer(Bytes tail, std::size_t file_bytes, const Policy& policy) {
  const bool counts = policy.mode == SignatureMode::required && policy.keys != nullptr;
  return find_trailer(tail, file_bytes, counts ? policy.keys->keys() : Span<const KeyView>{});
}

Result<Approved> judge(const Policy& policy, const DeviceFacts& facts, Kind kind, const PayloadFacts& payload,
                       const Trailer& trailer) {
  Case c{policy, facts, kind, trailer, &payload, found_at_first(trailer, payload.payload_bytes)};
  const UpdateError error = run(c);
  return error == UpdateError::none ? Result<Approved>{c.found} : error;
}

Status check_announced(const Policy& policy, const DeviceFacts& facts, Kind kind, std::uint32_t payload_bytes,
                       const Trailer& trailer) {
  Case c{policy, facts, kind, trailer, nullptr, found_at_first(trailer, payload_bytes)};
  return run(c);
}

}  // namespace airlift::image
