#include "airlift_posix/file_flash.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <system_error>

namespace airlift::posix {
namespace {

/// What one system call moves at most.
constexpr std::size_t piece_bytes{64 * 1024};

const std::vector<std::uint8_t>& erased_piece() {
  static const std::vector<std::uint8_t> piece(piece_bytes, port::FlashGeometry{}.erased_value);
  return piece;
}

[[noreturn]] void throw_error(int error, const std::string& path, const char* what) {
  throw std::system_error{error, std::generic_category(), path + ": " + what};
}

/// pread and pwrite may do a part of what they are asked.
template <typename Transfer, typename Range>
bool transfer_all(Transfer transfer, int fd, Range range, off_t offset) {
  while (!range.empty()) {
    const ssize_t count = transfer(fd, range.data(), range.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    range = range.subspan(static_cast<std::size_t>(count));
    offset += count;
  }
  return true;
}

bool erase_range(int fd, off_t offset, std::size_t count) {
  while (count > 0) {
    const Bytes piece{erased_piece().data(), std::min(count, piece_bytes)};
    if (!transfer_all(::pwrite, fd, piece, offset)) return false;
    offset += static_cast<off_t>(piece.size());
    count -= piece.size();
  }
  return true;
}

/// Lets the disk begin with what has been written, in large pieces, so that flush() finds little left to wait
/// for: it is called between the turns of other elements. Advice only; flush() sees to what was not heeded.
void write_back_early(int fd, std::size_t begin, std::size_t end) {
  constexpr std::size_t stretch_bytes{256 * 1024};
  const std::size_t from = begin / stretch_bytes * stretch_bytes;
  const std::size_t to = end / stretch_bytes * stretch_bytes;
  if (to == from) return;
  [[maybe_unused]] const int ignored = ::sync_file_range(
      fd, static_cast<off64_t>(from), static_cast<off64_t>(to - from), SYNC_FILE_RANGE_WRITE);
}

/// A lock of the open file description, fcntl(2): unlike one of flock() it can be seen without being taken.
struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

void lock_or_throw(int fd, const std::string& path) {
  struct flock lock = whole_file(F_WRLCK);
  if (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
    throw_error(errno, path,
                "in use by another process (is a device already running with this state directory?)");
  }
}

bool is_usable(const port::FlashGeometry& g) {
  return g.write_align_bytes > 0 && g.sector_bytes > 0 && g.size_bytes > 0 &&
         g.sector_bytes % g.write_align_bytes == 0 && g.size_bytes % g.sector_bytes == 0;
}

port::FlashGeometry geometry_of(int fd, const std::string& path, std::uint32_t sector_bytes,
                                std::uint32_t write_align_bytes) {
  struct stat info {};
  if (fstat(fd, &info) != 0) throw_error(errno, path, "open flash");
  const bool fits = info.st_size <= off_t{std::numeric_limits<std::uint32_t>::max()};
  const port::FlashGeometry geometry{fits ? static_cast<std::uint32_t>(info.st_size) : 0, sector_bytes,
                                     write_align_bytes};
  if (!S_ISREG(info.st_mode) || !is_usable(geometry)) {
    throw_error(EINVAL, path, "not a flash file: its size is not a whole number of sectors");
  }
  return geometry;
}

}  // namespace

FileFlash::FileFlash(UniqueFd fd, const port::FlashGeometry& geometry)
    : fd_{std::move(fd)}, geometry_{geometry}, piece_(piece_bytes) {}

std::unique_ptr<FileFlash> FileFlash::create(const std::string& path, const port::FlashGeometry& geometry) {
  if (!is_usable(geometry))
    throw_error(EINVAL, path, "size is not a multiple of the sector, or sector of the write unit");
  if (access(path.c_str(), F_OK) == 0) throw_error(EEXIST, path, "make flash");
  const std::string unfinished = path + ".new";
  UniqueFd fd{::open(unfinished.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!fd) throw_error(errno, unfinished, "make flash");
  lock_or_throw(fd.get(), unfinished);
  if (!erase_range(fd.get(), 0, geometry.size_bytes) || fdatasync(fd.get()) != 0 ||
      std::rename(unfinished.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(unfinished.c_str());
    throw_error(error, path, "make flash");
  }
  return std::unique_ptr<FileFlash>{new FileFlash{std::move(fd), geometry}};
}

std::unique_ptr<FileFlash> FileFlash::open(const std::string& path, std::uint32_t sector_bytes,
                                           std::uint32_t write_align_bytes) {
  UniqueFd fd{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  if (!fd) throw_error(errno, path, "open flash");
  lock_or_throw(fd.get(), path);
  const port::FlashGeometry geometry = geometry_of(fd.get(), path, sector_bytes, write_align_bytes);
  return std::unique_ptr<FileFlash>{new FileFlash{std::move(fd), geometry}};
}

std::unique_ptr<FileFlash> FileFlash::open_read_only(const std::string& path, std::uint32_t sector_bytes,
                                                     std::uint32_t write_align_bytes) {
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) throw_error(errno, path, "open flash");
  const port::FlashGeometry geometry = geometry_of(fd.get(), path, sector_bytes, write_align_bytes);
  return std::unique_ptr<FileFlash>{new FileFlash{std::move(fd), geometry}};
}

bool FileFlash::in_use(const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct flock lock = whole_file(F_RDLCK);
  if (!fd || fcntl(fd.get(), F_OFD_GETLK, &lock) != 0) throw_error(errno, path, "look at the flash's lock");
  return lock.l_type != F_UNLCK;
}

Status FileFlash::flush() {
  return fdatasync(fd_.get()) == 0 ? Status{} : UpdateError::flash_write;
}

Status FileFlash::do_read(std::uint32_t address, MutableBytes into) {
  return transfer_all(::pread, fd_.get(), into, address) ? Status{} : UpdateError::flash_read;
}

Status FileFlash::do_erase_sector(std::uint32_t address) {
  return do_erase(address, address + geometry_.sector_bytes);
}

Status FileFlash::do_erase(std::uint32_t address, std::uint32_t end) {
  return erase_range(fd_.get(), address, end - address) ? Status{} : UpdateError::flash_erase;
}

template <typename Check>
Status FileFlash::check_pieces(std::uint32_t address, std::size_t size_bytes, Check check) {
  for (std::size_t done = 0; done < size_bytes;) {
    const MutableBytes piece{piece_.data(), std::min(piece_.size(), size_bytes - done)};
    const auto offset = static_cast<off_t>(address + done);
    if (!transfer_all(::pread, fd_.get(), piece, offset)) return UpdateError::flash_read;
    if (const Status checked = check(Bytes{piece}, done); !checked.ok()) return checked;
    done += piece.size();
  }
  return {};
}

Status FileFlash::do_program(std::uint32_t address, Bytes bytes) {
  const auto is_erased = [](Bytes piece, std::size_t) {
    const bool erased = std::memcmp(piece.data(), erased_piece().data(), piece.size()) == 0;
    return erased ? Status{} : Status{UpdateError::flash_misuse};
  };
  const Status free = check_pieces(address, bytes.size(), is_erased);
  if (free.error() == UpdateError::flash_read) return UpdateError::flash_write;
  if (!free.ok()) return free;
  if (!transfer_all(::pwrite, fd_.get(), bytes, address)) return UpdateError::flash_write;
  write_back_early(fd_.get(), address, address + bytes.size());
  return {};
}

Status FileFlash::do_compare(std::uint32_t address, Bytes bytes) {
  return check_pieces(address, bytes.size(), [bytes](Bytes piece, std::size_t done) {
    const bool same = std::memcmp(piece.data(), bytes.data() + done, piece.size()) == 0;
    return same ? Status{} : Status{UpdateError::flash_write};
  });
}

}  // namespace airlift::posix
