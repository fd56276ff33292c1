#pragma once
// A file that appears whole or not at all.

#include <sys/types.h>

#include <string>

#include "airlift/base/span.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::cli {

enum class Existing : std::uint8_t { refused, replaced };

/// What is written goes to written_path() and is removed again unless commit() ends well. All throw
/// CommandError.
class OutputFile {
 public:
  /// `mode` as open() takes it, before the user's umask. An existing file is replaced by the commit, by one
  /// rename; when it is refused, the file is created under its own name at once.
  OutputFile(std::string path, mode_t mode, Existing existing);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& written_path() const { return written_path_; }

  void write(Bytes bytes);
  void commit();

 private:
  [[noreturn]] void fail() const;

  std::string path_;
  std::string written_path_;
  posix::UniqueFd fd_;
  bool committed_{false};
};

}  // namespace airlift::cli
