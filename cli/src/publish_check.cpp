#include "publish_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "airlift_server/image_reading.hpp"
#include "airlift_server/layout.hpp"
#include "command_failure.hpp"

namespace airlift::cli {
namespace {

using image::Trailer;

bool is_as_described(const image::Manifest& said, const Survey& survey) {
  return said.payload_bytes == survey.payload_bytes && said.payload_sha256 == survey.payload_sha256 &&
         said.compression == survey.compression && said.image_bytes == survey.image_bytes &&
         said.image_sha256 == survey.image_sha256;
}

UpdateError judge(const Examination& examination) {
  const bool has_trailer = examination.format == Trailer::Format::airlift;
  if (has_trailer && !examination.manifest) return UpdateError::manifest_damaged;
  // Without keys the verdict is only that there were none.
  if (!examination.verified() && examination.verdict != UpdateError::no_trusted_key)
    return examination.verdict;
  if (examination.survey.unpacking != UpdateError::none) return examination.survey.unpacking;
  const bool described = !examination.manifest || is_as_described(*examination.manifest, examination.survey);
  return described ? UpdateError::none : UpdateError::manifest_mismatch;
}

bool is_filesystem(Content content) {
  return content == Content::littlefs || content == Content::spiffs || content == Content::fat;
}

image::Kind kind_of(const Examination& examination, std::optional<image::Kind> wished) {
  const auto refuse = [&examination](std::string_view what, std::string_view advice) {
    return make_error(UpdateError::wrong_kind, Subject::image, fmt::format("{}: {}", examination.path, what),
                      advice);
  };
  if (examination.manifest) {
    const image::Kind said = examination.manifest->kind;
    if (wished && *wished != said)
      throw refuse(fmt::format("its manifest says {}", name_of(said)), "Leave --kind out.");
    return said;
  }
  const Content content = examination.survey.content.content;
  if (!wished && is_filesystem(content))
    throw refuse(fmt::format("looks like a {}", describe(content)),
                 "Say --kind filesystem; --kind firmware if it is a program all the same.");
  return wished.value_or(image::Kind::firmware);
}

void require_board(const Examination& examination, const std::string& board) {
  if (!server::is_folder_name(board)) {
    throw make_error(UpdateError::wrong_board, Subject::image,
                     fmt::format("the board id \"{}\" is no name for a folder", board),
                     "Use 1 to 64 letters, digits, `-`, `_` and `.`, not beginning with `.`.");
  }
  if (!examination.manifest || examination.manifest->boards().empty()) return;
  const auto boards = examination.manifest->boards();
  if (std::any_of(boards.begin(), boards.end(),
                  [&board](const image::ManifestText& each) { return each.view() == board; }))
    return;
  throw make_error(UpdateError::wrong_board, Subject::image,
                   fmt::format("{} is not for board {}, as its manifest says", examination.path, board),
                   "Its boards are what airlift inspect shows: leave --board out for all of them.");
}

std::vector<std::string> boards_of(const Examination& examination, const PublishWishes& wishes) {
  std::set<std::string> boards{wishes.boards.begin(), wishes.boards.end()};
  if (boards.empty() && examination.manifest) {
    for (const image::ManifestText& board : examination.manifest->boards()) boards.emplace(board.view());
  }
  if (boards.empty()) {
    throw make_error(
        UpdateError::wrong_board, Subject::image,
        fmt::format("{}: {}", examination.path,
                    examination.manifest ? "its manifest names no board" : "it has no manifest with a board"),
        "Say which it is for: --board ID.");
  }
  for (const std::string& board : boards) require_board(examination, board);
  return {boards.begin(), boards.end()};
}

std::vector<std::string> warnings_for(const Examination& examination) {
  std::vector<std::string> warnings = notes_on(examination);
  if (!examination.manifest) {
    warnings.emplace_back(
        "Without a manifest devices cannot tell its board and version before they download it: airlift sign "
        "adds one.");
  }
  if (examination.survey.file_bytes > server::longest_image_bytes)
    warnings.emplace_back("Larger than 256 MiB: airlift serve does not offer it, a plain web server does.");
  return warnings;
}

}  // namespace

Publishable check_for_publishing(const Examination& examination, const PublishWishes& wishes) {
  if (const UpdateError error = judge(examination); error != UpdateError::none) {
    throw make_error(error, Subject::image, fmt::format("{}: {}", examination.path, describe(error).text));
  }
  return {kind_of(examination, wishes.kind), boards_of(examination, wishes), warnings_for(examination)};
}

server::Image image_of(const Examination& examination, image::Kind kind, std::int64_t now_s) {
  server::Image image;
  image.file.mark.size_bytes = examination.survey.file_bytes;
  image.file.mark.modified_ns = now_s * 1'000'000'000;
  image.file.digests.sha256 = examination.survey.file_sha256;
  image.kind = kind;
  image.manifest = examination.manifest;
  return image;
}

}  // namespace airlift::cli
