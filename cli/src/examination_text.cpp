// What an image file is, for people.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "examination.hpp"
#include "hex_text.hpp"
#include "key_file.hpp"
#include "progress.hpp"

namespace airlift::cli {
namespace {

using image::Trailer;

/// Lines of a label and a value, aligned.
class Rows {
 public:
  void add(std::string_view label, std::string_view value) {
    text_ += fmt::format("  {:<18}{}\n", label, value);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  return fmt::format("{} bytes ({})", bytes, size_text(static_cast<double>(bytes)));
}

std::string_view describe(Trailer::Format format) {
  switch (format) {
    case Trailer::Format::none:
      return "not signed";
    case Trailer::Format::airlift:
      return "Airlift";
    case Trailer::Format::esp8266:
      return "ESP8266";
    case Trailer::Format::esp32:
      return "ESP32";
  }
  return "";
}

std::string signature_text(const Examination& examination) {
  if (examination.format == Trailer::Format::none) {
    return examination.verdict == UpdateError::signature_wrong ? "none, or not a right one for these keys"
                                                               : "none that can be told";
  }
  std::string text{describe(examination.format)};
  if (examination.key_id) text += fmt::format(", key {}", to_text(*examination.key_id));
  return fmt::format("{}: {}", text, verdict_text(examination));
}

std::string list_of_boards(const image::Manifest& manifest) {
  std::string text;
  for (const image::ManifestText& board : manifest.boards()) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", board.view());
  }
  return text.empty() ? "any" : text;
}

void add_manifest(Rows& rows, const image::Manifest& manifest) {
  rows.add("manifest", fmt::format("{} {}", name_of(manifest.kind), manifest.version.view()));
  rows.add("  for boards", list_of_boards(manifest));
  if (!manifest.minimum_version.empty()) rows.add("  updates from", manifest.minimum_version.view());
  rows.add("  counter", fmt::format("{}", manifest.security_counter));
  if (manifest.build_time_s != 0) {
    constexpr std::uint64_t year_10000{253402300800};
    rows.add("  built", manifest.build_time_s >= year_10000
                            ? fmt::format("{} s", manifest.build_time_s)
                            : fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                                          fmt::gmtime(static_cast<std::time_t>(manifest.build_time_s))));
  }
  if (manifest.bundle_id != 0) rows.add("  bundle", fmt::format("{:016x}", manifest.bundle_id));
  for (const crypto::KeyId& id : manifest.retired_keys()) rows.add("  retires key", to_text(id));
}

std::string_view end_text(EspPart::End end) {
  switch (end) {
    case EspPart::End::cut_short:
      return "cut short";
    case EspPart::End::checksum_wrong:
      return "checksum wrong";
    case EspPart::End::whole:
      return "checksum right";
  }
  return "";
}

void add_esp_part(Rows& rows, const EspPart& part) {
  rows.add(fmt::format("at {}", part.offset_bytes),
           fmt::format("{}, flash {} {} {}, entry {:#010x}, {} segment{}, {}", part.chip, part.flash_mode,
                       part.flash_size, part.flash_frequency, part.entry, part.segment_count,
                       part.segment_count == 1 ? "" : "s", end_text(part.end)));
  for (const image::EspImage::Segment& segment : part.segments) {
    rows.add("  segment", fmt::format("{:#010x}  {} bytes at {}", segment.address, segment.size_bytes,
                                      segment.offset_bytes));
  }
}

void add_content(Rows& rows, const Survey& survey) {
  if (survey.compression == image::Compression::gzip) {
    const bool complete = survey.unpacking == UpdateError::none;
    rows.add("unpacked", (complete ? "" : "at least ") + bytes_text(survey.image_bytes));
    if (complete) rows.add("  SHA-256", hex(survey.image_sha256));
  }
  const ContentGuess& content = survey.content;
  rows.add("content", fmt::format("{}{}{}", describe(content.content), content.detail.empty() ? "" : ": ",
                                  content.detail));
  for (const EspPart& part : survey.esp_parts) add_esp_part(rows, part);
}

std::string headline(const Examination& examination) {
  const Survey& survey = examination.survey;
  const bool gzip = survey.compression == image::Compression::gzip;
  const bool is_signed = examination.format != Trailer::Format::none;
  return fmt::format("{}: {}{}{}\n", examination.path, describe(survey.content.content),
                     gzip ? ", compressed with gzip" : "",
                     is_signed ? fmt::format(", signed ({})", describe(examination.format)) : "");
}

}  // namespace

std::string inspection_text(const Examination& examination) {
  const Survey& survey = examination.survey;
  Rows rows;
  rows.add("size", bytes_text(survey.file_bytes));
  rows.add("MD5", hex(survey.file_md5));
  rows.add("SHA-256", hex(survey.file_sha256));
  rows.add("signature", signature_text(examination));
  if (examination.manifest) add_manifest(rows, *examination.manifest);
  if (examination.trailer_bytes > 0) {
    rows.add("payload", fmt::format("{}, then {} bytes of signature", bytes_text(survey.payload_bytes),
                                    examination.trailer_bytes));
    rows.add("  SHA-256", hex(survey.payload_sha256));
  }
  add_content(rows, survey);
  std::string text = headline(examination) + rows.take();
  for (const std::string& note : notes_on(examination)) text += fmt::format("note: {}\n", note);
  return text;
}

}  // namespace airlift::cli
