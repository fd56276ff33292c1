#pragma once
// What is in the folder that images are given from.

#include <string>
#include <unordered_map>

#include "airlift/port/system.hpp"
#include "airlift_server/offer.hpp"

namespace airlift::server {

class Folder;
struct FoundFile;

class Catalog {
 public:
  static constexpr std::size_t most_files{256};      ///< of a channel
  static constexpr std::size_t most_channels{1024};  ///< boards × channels

  /// `log` outlives this and is told once of each file that is not offered, and why.
  Catalog(std::string directory, port::Log& log) : directory_{std::move(directory)}, log_{log} {}

  /// Looks at the folder. Files that are still what they were are not read again. `now_ns` is the time since
  /// 1970: a new file that was written or moved within the last second is taken by a later look, because a
  /// copy that is under way is no image; what it replaces stays until then. With 0 everything is taken as it
  /// is. False, with errno, and nothing changed: the folder cannot be opened.
  [[nodiscard]] bool look(std::int64_t now_ns);

  [[nodiscard]] const Channels& channels() const { return channels_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  /// A file that has been read; without an image it is not offered.
  struct Known {
    FileMark mark;
    std::shared_ptr<const Image> image;
    std::shared_ptr<const StoredFile> gzip;
  };
  using KnownFiles = std::unordered_map<std::string, Known>;

  void look_at_channel(const Folder& folder, const std::string& board, const std::string& channel);
  [[nodiscard]] std::vector<std::string> look_at_files(const Folder& folder, const std::string& path,
                                                       std::size_t most);
  void note_file(const Folder& folder, const std::string& path, const FileMark& mark);
  [[nodiscard]] Known read(const Folder& folder, const std::string& path, const FileMark& mark);
  [[nodiscard]] std::shared_ptr<const StoredFile> gzip_of(const Folder& folder, const Image& image);

  std::string directory_;
  port::Log& log_;
  Channels channels_;
  KnownFiles known_;   ///< by path
  KnownFiles before_;  ///< of the last look, while looking
  std::int64_t now_ns_{0};
};

}  // namespace airlift::server
