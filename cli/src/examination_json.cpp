// What an image file is, for programs.
#include <fmt/format.h>

#include "command_failure.hpp"
#include "examination.hpp"
#include "hex_text.hpp"
#include "json_line.hpp"
#include "key_file.hpp"

namespace airlift::cli {
namespace {

Json manifest_json(const image::Manifest& manifest) {
  Json json;
  json["kind"] = manifest.kind == image::Kind::firmware ? "firmware" : "filesystem";
  json["version"] = manifest.version.view();
  json["minimum_version"] = manifest.minimum_version.view();
  json["boards"] = Json::array();
  for (const image::ManifestText& board : manifest.boards()) json["boards"].push_back(board.view());
  json["security_counter"] = manifest.security_counter;
  json["build_time"] = manifest.build_time_s;
  // As text: a number this large is not exact in JavaScript.
  json["bundle_id"] = manifest.bundle_id == 0 ? Json{} : Json(fmt::format("{:016x}", manifest.bundle_id));
  json["compression"] = name_of(manifest.compression);
  json["payload_bytes"] = manifest.payload_bytes;
  json["payload_sha256"] = hex(manifest.payload_sha256);
  json["image_bytes"] = manifest.image_bytes;
  json["image_sha256"] = hex(manifest.image_sha256);
  json["retired_keys"] = Json::array();
  for (const crypto::KeyId& id : manifest.retired_keys()) json["retired_keys"].push_back(to_text(id));
  return json;
}

Json signature_json(const Examination& examination) {
  Json json;
  json["format"] = name_of(examination.format);
  json["verified"] = examination.verified();
  json["code"] = describe(examination.verdict).name;
  json["message"] = verdict_text(examination);
  json["key_id"] = examination.key_id ? Json(to_text(*examination.key_id)) : Json{};
  if (examination.verified()) json["key"] = examination.key_path;
  if (examination.verified() && examination.format == image::Trailer::Format::esp32) {
    json["digest"] = name_of(examination.esp32_digest);
  }
  json["trailer_bytes"] = examination.trailer_bytes;
  return json;
}

Json esp_json(const EspPart& part) {
  Json json;
  json["offset_bytes"] = part.offset_bytes;
  json["chip"] = part.chip;
  json["flash_mode"] = part.flash_mode;
  json["flash_size"] = part.flash_size;
  json["flash_frequency"] = part.flash_frequency;
  json["entry"] = part.entry;
  json["segment_count"] = part.segment_count;
  json["whole"] = part.end != EspPart::End::cut_short;
  json["checksum_right"] = part.end == EspPart::End::whole;
  json["segments"] = Json::array();
  for (const image::EspImage::Segment& segment : part.segments) {
    json["segments"].push_back({{"address", segment.address},
                                {"size_bytes", segment.size_bytes},
                                {"offset_bytes", segment.offset_bytes}});
  }
  return json;
}

Json image_json(const Survey& survey) {
  Json json;
  json["complete"] = survey.unpacking == UpdateError::none;
  if (survey.unpacking != UpdateError::none) json["code"] = describe(survey.unpacking).name;
  json["size_bytes"] = survey.image_bytes;
  json["sha256"] = survey.unpacking == UpdateError::none ? Json(hex(survey.image_sha256)) : Json{};
  json["content"] = name_of(survey.content.content);
  json["detail"] = survey.content.detail;
  json["esp"] = Json::array();
  for (const EspPart& part : survey.esp_parts) json["esp"].push_back(esp_json(part));
  return json;
}

}  // namespace

std::string inspection_json(const Examination& examination) {
  const Survey& survey = examination.survey;
  Json json;
  json["file"] = examination.path;
  json["size_bytes"] = survey.file_bytes;
  json["md5"] = hex(survey.file_md5);
  json["sha256"] = hex(survey.file_sha256);
  json["payload"] = {{"size_bytes", survey.payload_bytes},
                     {"sha256", hex(survey.payload_sha256)},
                     {"compression", name_of(survey.compression)}};
  json["image"] = image_json(survey);
  json["signature"] = signature_json(examination);
  json["manifest"] = examination.manifest ? manifest_json(*examination.manifest) : Json{};
  json["notes"] = notes_on(examination);
  return to_line(json);
}

std::string verdict_json(const Examination& examination) {
  Json json;
  json["result"] = examination.verified() ? "ok" : "error";
  json["code"] = describe(examination.verdict).name;
  json["number"] = number_of(examination.verdict);
  json["message"] = verdict_text(examination);
  if (!examination.verified()) json["advice"] = describe(examination.verdict).advice;
  json["file"] = examination.path;
  json["signature"] = signature_json(examination);
  json["manifest"] = examination.manifest ? manifest_json(*examination.manifest) : Json{};
  return to_line(json);
}

std::string to_json(const CommandFailure& failure, std::string_view file) {
  Json json;
  json["result"] = "error";
  json["code"] = describe(failure.code).name;
  json["number"] = number_of(failure.code);
  json["message"] = failure.message;
  json["advice"] = failure.advice;
  json["file"] = file;
  return to_line(json);
}

}  // namespace airlift::cli
