#include "examination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "airlift/image/esp_trailer.hpp"
#include "airlift/image/policy.hpp"
#include "command_failure.hpp"
#include "key_file.hpp"

namespace airlift::cli {
namespace {

using image::Trailer;

image::KeyRing ring_of(const std::vector<NamedKey>& keys) {
  image::KeyRing ring;
  for (const NamedKey& named : keys) {
    if (ring.add(named.key)) continue;
    throw make_error(UpdateError::key_unreadable, Subject::key,
                     fmt::format("more than {} keys", image::KeyRing::capacity), "Give fewer.");
  }
  return ring;
}

std::vector<std::uint8_t> read_tail(ImageFile& file) {
  const auto size = std::min<std::uint32_t>(file.size_bytes(), image::longest_trailer_bytes);
  std::vector<std::uint8_t> tail;
  file.read(file.size_bytes() - size, file.size_bytes(),
            [&tail](Bytes bytes) { tail.insert(tail.end(), bytes.begin(), bytes.end()); });
  return tail;
}

/// As find_trailer(), but what looks like an ESP8266's trailer counts without a key that fits, too.
Result<Trailer> trailer_of(Bytes tail, std::size_t file_bytes, const image::KeyRing& ring) {
  const auto found = image::find_trailer(tail, file_bytes, ring.keys());
  if (!found.ok() || found.value().format != Trailer::Format::none) return found;
  const std::size_t signature_bytes = image::esp8266_signature_bytes(tail, file_bytes);
  if (signature_bytes == 0) return found;
  Trailer trailer;
  trailer.format = Trailer::Format::esp8266;
  trailer.size_bytes = signature_bytes + 4;
  trailer.signature = tail.subspan(tail.size() - trailer.size_bytes, signature_bytes);
  return trailer;
}

/// What a device would say that the image suits in all else.
Result<image::Approved> judge_signature(const image::KeyRing& ring, crypto::DigestKind esp32_digest,
                                        const Examination& examination, const Trailer& trailer) {
  const Survey& survey = examination.survey;
  const image::Manifest suiting = examination.manifest.value_or(image::Manifest{});
  image::Policy policy;
  policy.mode = image::SignatureMode::required;
  policy.keys = &ring;
  policy.esp32_digest = esp32_digest;
  if (suiting.board_count > 0) policy.board_id = suiting.board_ids.front();
  image::DeviceFacts facts;
  facts.has_active = true;
  facts.running_version = suiting.minimum_version;
  facts.slot_bytes = std::numeric_limits<std::uint32_t>::max();
  image::PayloadFacts payload;
  payload.compression = survey.compression;
  payload.payload_bytes = survey.payload_bytes;
  payload.image_bytes = static_cast<std::uint32_t>(survey.image_bytes);
  payload.payload_sha256 = survey.payload_sha256;
  payload.image_sha256 = survey.image_sha256;
  payload.esp32_digest = survey.payload_digest(esp32_digest);
  return image::judge(policy, facts, suiting.kind, payload, trailer);
}

void take_trailer(Examination& examination, const Trailer& trailer) {
  examination.format = trailer.format;
  examination.trailer_bytes = trailer.size_bytes;
  if (trailer.format != Trailer::Format::airlift) return;
  const auto manifest = image::decode_manifest(trailer.manifest);
  if (manifest.ok()) examination.manifest = manifest.value();
  examination.key_id = trailer.key_id;
}

void settle(Examination& examination, const std::vector<NamedKey>& keys, const image::KeyRing& ring,
            const Trailer& trailer) {
  constexpr std::array digests{crypto::DigestKind::sha256, crypto::DigestKind::sha384,
                               crypto::DigestKind::sha512};
  for (const crypto::DigestKind digest : digests) {
    const auto approved = judge_signature(ring, digest, examination, trailer);
    examination.verdict = approved.status().error();
    if (approved.ok()) {
      const crypto::KeyId& id = approved.value().key_id;
      examination.key_id = id;
      examination.esp32_digest = digest;
      examination.key_path = std::find_if(keys.begin(), keys.end(), [&id](const NamedKey& named) {
                               return named.key.id() == id;
                             })->path;
    }
    if (approved.ok() || trailer.format != Trailer::Format::esp32) break;
  }
  // An image that cannot be unpacked is not what any manifest says, and this tells more.
  const bool trusted = examination.verified() || examination.verdict == UpdateError::manifest_mismatch;
  const UpdateError unpacking = examination.survey.unpacking;
  if (trusted && unpacking != UpdateError::none) examination.verdict = unpacking;
}

void note_unpacking(const Examination& examination, std::vector<std::string>& notes) {
  const Survey& survey = examination.survey;
  if (survey.unpacking == UpdateError::none) return;
  if (survey.unpacking == UpdateError::no_space) {
    notes.emplace_back("Unpacked it is larger than 4 GiB, which no device takes: not read further.");
    return;
  }
  const bool may_be_esp32 = examination.format == Trailer::Format::none;
  notes.push_back(fmt::format("Unpacking ended after {} bytes: {}{}.", survey.image_bytes,
                              describe(survey.unpacking).text,
                              may_be_esp32 ? "; when an ESP32 signature follows, give its --key" : ""));
}

void note_damage(const EspPart& part, std::vector<std::string>& notes) {
  if (part.end == EspPart::End::cut_short) {
    notes.push_back(fmt::format("The ESP image at {} is cut short: {} of {} segments begin in the file.",
                                part.offset_bytes, part.segments.size(), part.segment_count));
  } else if (part.end == EspPart::End::checksum_wrong) {
    notes.push_back(fmt::format(
        "The checksum of the ESP image at {} is wrong: it is damaged, or no ESP image.", part.offset_bytes));
  }
}

void note_rest(const Survey& survey, std::vector<std::string>& notes) {
  if (survey.esp_parts.empty() || survey.unpacking != UpdateError::none) return;
  const EspPart& last = survey.esp_parts.back();
  if (last.end == EspPart::End::cut_short || last.end_bytes >= survey.image_bytes) return;
  const std::uint64_t rest = survey.image_bytes - last.end_bytes;
  const bool may_be_esp32 = rest == image::esp32_trailer_bytes;
  notes.push_back(fmt::format("{} bytes follow the ESP image{}.", rest,
                              may_be_esp32 ? ", as many as an ESP32 signature has: give its --key" : ""));
}

}  // namespace

std::vector<NamedKey> load_keys(const std::vector<std::string>& paths) {
  std::vector<NamedKey> keys;
  keys.reserve(paths.size());
  for (const std::string& path : paths) keys.push_back({path, load_public_key(path)});
  return keys;
}

Examination examine(const std::string& path, const std::vector<NamedKey>& keys) try {
  const image::KeyRing ring = ring_of(keys);
  ImageFile file{path};
  const std::vector<std::uint8_t> tail = read_tail(file);
  const auto found = trailer_of({tail.data(), tail.size()}, file.size_bytes(), ring);
  Meter meter;
  Examination examination;
  examination.path = path;
  if (!found.ok()) {
    examination.format = Trailer::Format::airlift;
    examination.verdict = found.error();
    examination.survey = survey(file, file.size_bytes(), Digests::usual, meter);
    return examination;
  }
  const Trailer& trailer = found.value();
  take_trailer(examination, trailer);
  const Digests digests = trailer.format == Trailer::Format::esp32 ? Digests::all : Digests::usual;
  const auto payload_bytes = static_cast<std::uint32_t>(file.size_bytes() - trailer.size_bytes);
  examination.survey = survey(file, payload_bytes, digests, meter);
  settle(examination, keys, ring, trailer);
  if (trailer.format == Trailer::Format::esp32 && !examination.verified()) {
    // Nothing but a right signature tells such a trailer from payload.
    take_trailer(examination, Trailer{});
    examination.survey = survey(file, file.size_bytes(), Digests::usual, meter);
  }
  return examination;
} catch (const FileError& error) {
  throw make_error(UpdateError::file_unreadable, Subject::file, error.message);
}

std::string verdict_text(const Examination& examination) {
  const UpdateError verdict = examination.verdict;
  if (verdict == UpdateError::no_trusted_key) return "not checked: no key was given";
  if (verdict != UpdateError::none) return std::string{describe(verdict).text};
  const bool esp32 = examination.format == Trailer::Format::esp32;
  return fmt::format("verified with {}{}", examination.key_path,
                     esp32 ? fmt::format(" ({})", name_of(examination.esp32_digest)) : "");
}

std::vector<std::string> notes_on(const Examination& examination) {
  std::vector<std::string> notes;
  note_unpacking(examination, notes);
  for (const EspPart& part : examination.survey.esp_parts) note_damage(part, notes);
  note_rest(examination.survey, notes);
  return notes;
}

}  // namespace airlift::cli
