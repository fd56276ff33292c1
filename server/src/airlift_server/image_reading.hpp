#pragma once
// Reads a file once and tells all that is to be known of it.

#include <string>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"
#include "airlift_server/offer.hpp"

namespace airlift::server {

inline constexpr std::uint64_t longest_image_bytes{std::uint64_t{256} << 20};

struct Reading {
  std::shared_ptr<const Image> image;  ///< null: it changed while it was read, or is longer than `longest`
  std::string why;                     ///< it is not offered, for people; empty: it may be
};

/// `path` says by its name what it is if it has no manifest. Not offered are files that are empty, too large,
/// damaged (the manifest says so), or change while they are read.
[[nodiscard]] Reading read_image(int fd, const std::string& path, const FileMark& mark,
                                 std::uint64_t longest = longest_image_bytes);

/// The same for a gzip file that is to stand for another: null unless it unpacks to what has
/// `unpacked_sha256`.
[[nodiscard]] std::shared_ptr<const StoredFile> read_gzip_sibling(
    int fd, const std::string& path, const FileMark& mark, const crypto::Sha256Digest& unpacked_sha256);

}  // namespace airlift::server
