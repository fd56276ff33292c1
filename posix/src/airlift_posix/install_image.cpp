#include "airlift_posix/install_image.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>

#include "airlift_posix/system_calendar.hpp"
#include "airlift_posix/update_memory.hpp"

namespace airlift::posix {
namespace {

void stage_file(update::Updater& updater, std::ifstream& file, const std::string& path) {
  using Phase = update::Updater::Phase;
  while (updater.phase() != Phase::done && updater.phase() != Phase::failed) {
    const MutableBytes room = updater.room();
    file.read(reinterpret_cast<char*>(room.data()), static_cast<std::streamsize>(room.size()));
    if (static_cast<std::size_t>(file.gcount()) < room.size()) {
      throw std::runtime_error{path + " changed while it was read"};
    }
    updater.took(room.size());
    updater.step();
  }
}

std::string sizes_text(std::uint64_t file_bytes, std::uint32_t capacity_bytes) {
  return " (" + std::to_string(file_bytes) + " bytes, the slot holds " + std::to_string(capacity_bytes) + ")";
}

void require(const Status& status, const std::string& path, const std::string& more = {}) {
  if (status.ok()) return;
  throw InstallError{status.error(), path + ": " + std::string{describe(status.error()).text} + more};
}

}  // namespace

InstallError::InstallError(UpdateError error, std::string why)
    : std::runtime_error{why + ". " + std::string{describe(error).advice}},
      code{error},
      problem{std::move(why)} {}

void install_image(boot::SlotStore& store, boot::History& history, image::Kind kind, const std::string& path,
                   std::string_view board_id, std::string_view source) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::system_error{errno, std::generic_category(), "cannot open " + path};
  const std::uint64_t file_bytes = std::filesystem::file_size(path);
  history.load();
  // Nothing runs now.
  require(store.reject(UpdateError::cancelled), path);
  UpdateMemory memory;
  update::Updater updater{store, history, memory.buffers()};
  updater.set_policy({image::SignatureMode::off, nullptr, crypto::DigestKind::sha256, board_id});
  update::Announcement announcement;
  constexpr std::uint64_t most{std::numeric_limits<std::uint32_t>::max()};
  announcement.kind = kind;
  announcement.size_bytes = static_cast<std::uint32_t>(std::min(file_bytes, most));
  announcement.source = boot::SourceText{source};
  announcement.time_s = SystemCalendar{}.unix_seconds();
  const std::string sizes = sizes_text(file_bytes, store.capacity_bytes(kind));
  require(updater.begin(announcement), path, sizes);
  stage_file(updater, file, path);
  require(updater.error(), path, sizes);
  if (!updater.starts_next()) {
    throw std::runtime_error{path + " belongs to a bundle: upload both of its images over the air"};
  }
  require(store.count_attempt(), path);
  require(store.confirm(), path);
  // An entry that is lost is no reason to fail.
  [[maybe_unused]] const Status settled = history.settle(store.record());
}

}  // namespace airlift::posix
