#pragma once
// What is known of the files that can be given.

#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "airlift/image/manifest.hpp"

namespace airlift::server {

/// Tells whether a file is still the one that was read. Its content may change only with one of these.
struct FileMark {
  std::uint64_t device{0};
  std::uint64_t inode{0};
  std::uint64_t size_bytes{0};
  std::int64_t modified_ns{0};  ///< since 1970
  std::int64_t changed_ns{0};   ///< of the inode: nobody can set it
  [[nodiscard]] std::int64_t modified_s() const { return modified_ns / 1'000'000'000; }
  friend bool operator==(const FileMark&, const FileMark&) = default;
};

struct Digests {
  crypto::Sha256Digest sha256{};
  crypto::Md5Digest md5{};
  friend bool operator==(const Digests&, const Digests&) = default;
};

/// A file to send, as it was when it was read.
struct StoredFile {
  std::string path;  ///< beneath the folder
  FileMark mark;
  Digests digests;
  std::string etag;           ///< with its quotes, strong
  std::string last_modified;  ///< an HTTP date
};

struct Image {
  StoredFile file;
  image::Kind kind{image::Kind::firmware};
  bool current{false};  ///< somebody has decided that it is what to run: firmware.bin, filesystem.bin
  std::optional<image::Manifest> manifest;
  Digests payload;  ///< of the file without trailer
  Digests image;    ///< of the payload, unpacked
  /// What an ESP32 tells as sketch-sha256: its tool chain appends it to the image.
  std::optional<crypto::Sha256Digest> esp32_digest;
  std::string md5_text;  ///< of the file
  std::string sha256_text;

  /// Empty: unknown.
  [[nodiscard]] std::string_view version() const {
    return manifest ? manifest->version.view() : std::string_view{};
  }
};

struct Offer {
  std::shared_ptr<const Image> image;
  std::shared_ptr<const StoredFile> gzip;  ///< the same, for Content-Encoding; null: there is none
};

struct Channel {
  std::string board;
  std::vector<Offer> offers;  ///< both kinds, in the order of selection.hpp
};

/// By `<board>/<channel>`.
using Channels = std::map<std::string, Channel, std::less<>>;

}  // namespace airlift::server
