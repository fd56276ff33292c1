#include "image_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "airlift/boot/image_reader.hpp"
#include "airlift/codec/text.hpp"
#include "airlift/update/updater.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::device {
namespace {

constexpr std::size_t piece_bytes{64 * 1024};
constexpr std::string_view log_source{"boot"};

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

/// Outcomes: ok; no_image, flash_read: as ImageReader. Throws when the file cannot be written.
Status copy_image(boot::SlotStore& store, image::Kind kind, boot::SlotId slot, const std::string& path,
                  unsigned mode) {
  const std::string unfinished = path + ".new";
  ::unlink(unfinished.c_str());
  const posix::UniqueFd file{
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!file) fail("cannot make " + unfinished);
  boot::ImageReader reader{store, kind, slot};
  std::vector<std::uint8_t> piece(piece_bytes);
  for (;;) {
    const Result<std::size_t> count = reader.next({piece.data(), piece.size()});
    if (!count.ok()) return count.error();
    if (count.value() == 0) break;
    write_all(file.get(), {piece.data(), count.value()}, unfinished);
  }
  if (const Status verified = reader.verify(); !verified.ok()) return verified;
  if (::fchmod(file.get(), mode) != 0) fail("cannot change the rights of " + unfinished);
  if (::rename(unfinished.c_str(), path.c_str()) != 0) fail("cannot rename " + unfinished);
  return {};
}

}  // namespace

std::optional<ExtractedImage> extract_image(boot::SlotStore& store, image::Kind kind, const std::string& path,
                                            unsigned mode, port::Log& log) {
  const boot::BootRecord::Slots& slots = store.record().of(kind);
  ::unlink(path.c_str());
  if (slots.active == boot::SlotId::none) return std::nullopt;
  for (const boot::SlotId slot : {slots.active, boot::other(slots.active)}) {
    if (copy_image(store, kind, slot, path, mode).ok()) {
      const auto digest = codec::to_hex(slots.images[static_cast<std::size_t>(slot)].sha256);
      return ExtractedImage{path, slot, std::string{codec::view(digest)}};
    }
    std::string message{"slot "};
    message.append(name_of(slot)).append(" holds no whole ").append(name_of(kind));
    log.write(port::LogLevel::error, log_source, message);
  }
  ::unlink((path + ".new").c_str());
  return std::nullopt;
}

void install_firmware(boot::SlotStore& store, const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) fail("cannot open " + path);
  crypto::Md5 md5;
  std::uint64_t size_bytes{0};
  std::vector<std::uint8_t> piece(piece_bytes);
  const auto read_piece = [&](std::size_t most) {
    file.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(most));
    return Bytes{piece.data(), static_cast<std::size_t>(file.gcount())};
  };
  for (Bytes bytes = read_piece(piece.size()); !bytes.empty(); bytes = read_piece(piece.size())) {
    md5.update(bytes);
    size_bytes += bytes.size();
  }
  std::vector<std::uint8_t> sector(store.flash().geometry().sector_bytes);
  update::Updater updater{store, {sector.data(), sector.size()}};
  const auto announced_bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(size_bytes, 0xFFFFFFFF));
  Status status = updater.begin({image::Kind::firmware, announced_bytes, md5.finish()});
  file.clear();
  file.seekg(0);
  while (status.ok() && updater.phase() != update::Updater::Phase::done) {
    const MutableBytes room = updater.room();
    const Bytes bytes = read_piece(std::min(room.size(), piece.size()));
    if (bytes.size() < room.size()) throw std::runtime_error{path + " changed while it was read"};
    std::copy(bytes.begin(), bytes.end(), room.begin());
    if (!bytes.empty()) updater.took(bytes.size());
    updater.step();
    status = updater.error();
  }
  if (!status.ok()) {
    const ErrorInfo& info = describe(status.error());
    throw std::runtime_error{path + ": " + std::string{info.text} + " (" + std::to_string(size_bytes) +
                             " bytes, the slot holds " +
                             std::to_string(store.slot_bytes(image::Kind::firmware)) + ")"};
  }
}

}  // namespace airlift::device
