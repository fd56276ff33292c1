#pragma once
// Puts images into the folder that devices update themselves from, so that whoever reads it, also after a
// power cut, finds the old image or the new one. docs/design/update-server.md.

#include <functional>
#include <string>

#include "airlift_server/offer.hpp"
#include "airlift_server/writable_folder.hpp"

namespace airlift::server {

/// Hands bytes on, in order and in pieces.
using Sink = std::function<void(Bytes)>;
using Source = std::function<void(const Sink&)>;

struct NewImage {
  Image image;  ///< of its file: size, SHA-256, and the time now
  Source file;
  Source gzip;  ///< the file compressed; empty: no sibling for Content-Encoding is wanted
};

/// What becomes of an image that is older than what the channel gives.
enum class IfOlder : std::uint8_t {
  refused,
  archived,      ///< into images/, for devices that are too old for the newer one
  made_current,  ///< the channel goes back
};

/// What is to be done for one board.
struct Plan {
  enum class Course : std::uint8_t {
    nothing,       ///< the channel gives this very image
    archive,       ///< into images/ only
    make_current,  ///< into images/, then over firmware.bin
  };
  enum class Sibling : std::uint8_t { none, kept, removed, written };

  std::string board;
  Course course{Course::nothing};
  Sibling sibling{Sibling::none};
  std::string archive;  ///< the name in images/
  bool archived_already{false};
  std::shared_ptr<const Image> present;  ///< what the channel gives until now, damaged or not; null: nothing
  std::size_t archived_before{0};        ///< files in images/
  std::time_t file_time_s{0};            ///< of what will be written
};

/// All but the constructor throw PublishError.
class Publisher {
 public:
  Publisher(std::filesystem::path root, std::string channel);

  enum class Wait : std::uint8_t { no, yes };
  /// Makes the folder when it is missing and keeps other publishers away until the end of this object. False:
  /// one is at work.
  [[nodiscard]] bool lock(Wait wait);

  /// Changes nothing. Throws `refused` when the image is older and that is refused.
  [[nodiscard]] Plan plan(const std::string& board, const NewImage& image, IfOlder if_older) const;

  /// Under the lock. What fails before the last file has been written leaves all as it was.
  void carry_out(const Plan& plan, const NewImage& image) const;

 private:
  [[nodiscard]] std::optional<WritableFolder> channel_of(const std::string& board) const;

  std::filesystem::path root_;
  std::string channel_;
  std::optional<WritableFolder> folder_;
};

}  // namespace airlift::server
