#include "image_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "airlift/boot/image_reader.hpp"
#include "airlift_posix/unique_fd.hpp"

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

}  // namespace airlift::device
