#pragma once
// A folder that is held open. Nothing in it is followed that is a symbolic link: who may write into one
// channel must not reach the rest of the machine by what is published there. All throw PublishError.

#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "airlift/base/span.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::server {

class WritableFolder {
 public:
  /// The folder that people named, which may be reached through symbolic links. Nothing: it is not there.
  [[nodiscard]] static std::optional<WritableFolder> find(const std::filesystem::path& path);
  /// Made where it is missing; the folder it is in has to be there.
  [[nodiscard]] static WritableFolder find_or_make(const std::filesystem::path& path);

  /// The folder `name` in this one.
  [[nodiscard]] std::optional<WritableFolder> find(const std::string& name) const;
  [[nodiscard]] WritableFolder find_or_make(const std::string& name) const;

  /// Opens a regular file to read. Nothing: it is not there.
  [[nodiscard]] std::optional<posix::UniqueFd> open_file(const std::string& name) const;

  /// The names of the regular files in it, hidden ones too.
  [[nodiscard]] std::vector<std::string> files() const;
  void remove(const std::string& name) const;
  /// What was made, renamed and removed in it lasts.
  void sync() const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  WritableFolder(std::filesystem::path path, posix::UniqueFd fd)
      : path_{std::move(path)}, fd_{std::move(fd)} {}

  std::filesystem::path path_;
  posix::UniqueFd fd_;
};

/// A file that is written beside its place, and is removed again unless it gets there. The folder outlives
/// it.
class UnfinishedFile {
 public:
  UnfinishedFile(const WritableFolder& folder, std::string name);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  void write(Bytes bytes);
  /// Readable for all, as old as `time_s` says, and on the disk.
  void finish(std::time_t time_s);
  void put_in_place();

  /// Whether a file of this name was left by somebody who was killed in the middle.
  [[nodiscard]] static bool is_name(std::string_view name);

 private:
  const WritableFolder& folder_;
  std::string name_;
  std::string unfinished_name_;
  posix::UniqueFd fd_;
};

}  // namespace airlift::server
