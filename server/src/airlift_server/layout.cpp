#include "airlift_server/layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::server {
namespace {

constexpr std::size_t longest_name{64};

bool fits_file_names(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.';
}

}  // namespace

bool is_folder_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), fits_file_names);
}

std::string_view current_name(image::Kind kind) {
  return kind == image::Kind::firmware ? "firmware.bin" : "filesystem.bin";
}

std::filesystem::path channel_folder(const std::filesystem::path& root, std::string_view board,
                                     std::string_view channel) {
  return root / board / channel;
}

std::string archive_name(std::string_view version, image::Kind kind,
                         const crypto::Sha256Digest& file_sha256) {
  std::string name{version.empty() ? "unversioned" : version};
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !fits_file_names(c); }, '_');
  if (name.front() == '.') name.front() = '_';  // hidden files are never given
  const std::string_view kind_word = kind == image::Kind::firmware ? "firmware" : "filesystem";
  return fmt::format("{}-{}-{}.bin", name, kind_word, codec::view(codec::to_hex(file_sha256)).substr(0, 16));
}

}  // namespace airlift::server
