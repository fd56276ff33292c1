#include "airlift_server/selection.hpp"

#include <algorithm>

#include "airlift/image/version.hpp"

namespace airlift::server {
namespace {

bool is_for_board(const image::Manifest& manifest, std::string_view board) {
  const auto boards = manifest.boards();
  return boards.empty() || std::find(boards.begin(), boards.end(), board) != boards.end();
}

bool suits(const Image& image, std::string_view board, const Wish& wish) {
  if (image.kind != wish.kind) return false;
  if (!image.manifest) return true;
  const std::string_view minimum = image.manifest->minimum_version;
  return is_for_board(*image.manifest, board) &&
         (minimum.empty() || wish.running_version.empty() ||
          image::compare_versions(minimum, wish.running_version) <= 0);
}

}  // namespace

bool is_newer(const Image& a, const Image& b) {
  if (a.manifest.has_value() != b.manifest.has_value()) return a.manifest.has_value();
  if (a.manifest) {
    const int order = image::compare_versions(a.version(), b.version());
    if (order != 0) return order > 0;
    if (a.manifest->build_time_s != b.manifest->build_time_s)
      return a.manifest->build_time_s > b.manifest->build_time_s;
  }
  return a.file.mark.modified_ns > b.file.mark.modified_ns;
}

bool comes_before(const Image& a, const Image& b) {
  if (a.current != b.current) return a.current;
  if (is_newer(a, b)) return true;
  return !is_newer(b, a) && a.file.path < b.file.path;
}

const Offer* select(const Channel& channel, const Wish& wish) {
  const auto found = std::find_if(channel.offers.begin(), channel.offers.end(), [&](const Offer& offer) {
    return suits(*offer.image, channel.board, wish);
  });
  return found == channel.offers.end() ? nullptr : &*found;
}

}  // namespace airlift::server
