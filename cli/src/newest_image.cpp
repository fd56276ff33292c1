#include "newest_image.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace airlift::cli {
namespace {

namespace fs = std::filesystem;

bool has_the_name(std::string_view name, wire::Command command) {
  // What arduino-cli, and the tools of the cores that make filesystems, call their files.
  constexpr std::array<std::string_view, 3> of_filesystems{".littlefs.bin", ".mklittlefs.bin", ".spiffs.bin"};
  if (command != wire::Command::filesystem) return name.ends_with(".ino.bin");
  return std::any_of(of_filesystems.begin(), of_filesystems.end(),
                     [name](std::string_view end) { return name.ends_with(end); });
}

}  // namespace

std::optional<std::string> newest_image(const fs::path& folder, wire::Command command) {
  std::error_code error;
  std::optional<std::string> newest;
  fs::file_time_type newest_time{};
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto entry = fs::recursive_directory_iterator{folder, options, error};
       !error && entry != fs::end(entry); entry.increment(error)) {
    std::error_code gone;  // a build may run
    if (!has_the_name(entry->path().filename().string(), command) || !entry->is_regular_file(gone)) continue;
    const auto time = entry->last_write_time(gone);
    if (gone || (newest && time <= newest_time)) continue;
    newest = entry->path().string();
    newest_time = time;
  }
  return newest;
}

}  // namespace airlift::cli
