#pragma once
// The folder that images are given from, seen without ever following a symbolic link out of it or inside it:
// whoever may write there, or has unpacked something there, cannot make the server give other files.

#include <optional>
#include <string>
#include <vector>

#include "airlift_posix/unique_fd.hpp"
#include "airlift_server/offer.hpp"

namespace airlift::server {

/// A regular file that is there.
struct FoundFile {
  std::string name;
  FileMark mark;
};

class Folder {
 public:
  /// Where `path` leads may change: it is looked up anew each time. Nothing, with errno: it cannot be opened.
  [[nodiscard]] static std::optional<Folder> open(const std::string& path);

  /// The names in the directory at `path` ("." or "a/b"), without those with a leading dot; at most `most`,
  /// in order.
  [[nodiscard]] std::vector<std::string> folders(const std::string& path, std::size_t most) const;
  [[nodiscard]] std::vector<FoundFile> files(const std::string& path, std::size_t most) const;

  /// Opens the regular file for reading; empty: it is not there, or something else.
  [[nodiscard]] posix::UniqueFd open_file(const std::string& path) const;

 private:
  explicit Folder(posix::UniqueFd root) : root_{std::move(root)} {}

  posix::UniqueFd root_;
};

/// Nothing: no regular file.
[[nodiscard]] std::optional<FileMark> mark_of(int fd);

}  // namespace airlift::server
