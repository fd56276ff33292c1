#include "image_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "airlift/boot/image_reader.hpp"
#include "airlift_posix/system_calendar.hpp"
#include "airlift_posix/unique_fd.hpp"
#include "update_memory.hpp"

namespace airlift::device {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

void write_all(int fd, Bytes bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write " + path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

/// Outcomes: as ImageReader.
Status copy_image(boot::ImageReader reader, int fd, const std::string& path) {
  constexpr std::size_t piece_bytes{64 * 1024};
  std::vector<std::uint8_t> piece(piece_bytes);
  for (;;) {
    const Result<std::size_t> count = reader.next({piece.data(), piece.size()});
    if (!count.ok()) return count.error();
    if (count.value() == 0) return reader.verify();
    write_all(fd, {piece.data(), count.value()}, path);
  }
}

/// Removes the file unless it was kept.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_{std::move(path)} { ::unlink(path_.c_str()); }
  ~Unfinished() { ::unlink(path_.c_str()); }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

[[noreturn]] void refuse(const std::string& path, UpdateError error, const std::string& more = {}) {
  const ErrorInfo& info = describe(error);
  throw std::runtime_error{path + ": " + std::string{info.text} + more + ". " + std::string{info.advice}};
}

std::string sizes_text(std::uint64_t file_bytes, const boot::SlotStore& store) {
  return " (" + std::to_string(file_bytes) + " bytes, the slot holds " +
         std::to_string(store.capacity_bytes(image::Kind::firmware)) + ")";
}

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

}  // namespace

Status extract_image(boot::SlotStore& store, image::Kind kind, boot::SlotId slot, const std::string& path,
                     unsigned mode) {
  ::unlink(path.c_str());
  if (slot == boot::SlotId::none) return UpdateError::no_image;
  const Unfinished unfinished{path + ".new"};
  const posix::UniqueFd file{
      ::open(unfinished.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!file) fail("cannot make " + unfinished.path());
  const boot::ImageReader reader{store.flash(), store.image_area(kind, slot),
                                 store.record().of(kind).at(slot).image};
  if (const Status copied = copy_image(reader, file.get(), unfinished.path()); !copied.ok()) return copied;
  if (::fchmod(file.get(), mode) != 0) fail("cannot change the rights of " + unfinished.path());
  if (::rename(unfinished.path().c_str(), path.c_str()) != 0) fail("cannot rename " + unfinished.path());
  return {};
}

void install_firmware(StateDirectory& state, const std::string& path, std::string_view board_id) {
  boot::SlotStore& store = state.store();
  std::ifstream file{path, std::ios::binary};
  if (!file) fail("cannot open " + path);
  const std::uint64_t file_bytes = std::filesystem::file_size(path);
  state.history().load();
  // Nothing runs now.
  if (const Status free = store.reject(UpdateError::cancelled); !free.ok()) refuse(path, free.error());
  UpdateMemory memory;
  update::Updater updater{store, state.history(), memory.buffers()};
  updater.set_policy({image::SignatureMode::off, nullptr, crypto::DigestKind::sha256, board_id});
  update::Announcement announcement;
  constexpr std::uint64_t most{std::numeric_limits<std::uint32_t>::max()};
  announcement.size_bytes = static_cast<std::uint32_t>(std::min(file_bytes, most));
  announcement.source = boot::SourceText{"init"};
  announcement.time_s = posix::SystemCalendar{}.unix_seconds();
  Status status = updater.begin(announcement);
  if (status.ok()) {
    stage_file(updater, file, path);
    status = updater.error();
  }
  if (!status.ok()) refuse(path, status.error(), sizes_text(file_bytes, store));
  if (!updater.starts_next()) {
    throw std::runtime_error{path + " belongs to a bundle: upload both of its images over the air"};
  }
  if (status = store.count_attempt(); status.ok()) status = store.confirm();
  if (!status.ok()) refuse(path, status.error());
  // An entry that is lost is no reason to fail.
  [[maybe_unused]] const Status settled = state.history().settle(store.record());
}

}  // namespace airlift::device
