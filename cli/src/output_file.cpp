#include "output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>

#include "command_failure.hpp"

namespace airlift::cli {
namespace {

/// A rename would also replace a device or a pipe.
void require_replaceable(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) return;
  throw make_error(UpdateError::storage_failed, Subject::output, fmt::format("{}: not a regular file", path),
                   "Give the name of a file.");
}

}  // namespace

OutputFile::OutputFile(std::string path, mode_t mode, Existing existing)
    : path_{std::move(path)}, written_path_{path_} {
  if (existing == Existing::replaced) {
    require_replaceable(path_);
    written_path_ += fmt::format(".{:08x}.tmp", std::random_device{}());
  }
  fd_.reset(open(written_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (fd_) return;
  if (errno != EEXIST) fail();
  throw make_error(UpdateError::storage_failed, Subject::output, fmt::format("{} exists already", path_),
                   "Choose another name with -o, or replace it with --force: what it held is lost.");
}

OutputFile::~OutputFile() {
  if (fd_ && !committed_) unlink(written_path_.c_str());
}

void OutputFile::write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail();
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void OutputFile::commit() {
  if (fsync(fd_.get()) != 0) fail();
  if (written_path_ != path_ && rename(written_path_.c_str(), path_.c_str()) != 0) fail();
  committed_ = true;
}

void OutputFile::fail() const {
  throw make_error(UpdateError::storage_failed, Subject::output,
                   fmt::format("{}: {}", path_, std::strerror(errno)),
                   "Check that the directory exists, may be written to and has room.");
}

}  // namespace airlift::cli
