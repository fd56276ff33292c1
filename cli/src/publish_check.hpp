#pragma once
// Whether an image may be published, and for which boards.

#include <optional>
#include <string>
#include <vector>

#include "airlift_server/publisher.hpp"
#include "examination.hpp"

namespace airlift::cli {

struct PublishWishes {
  std::vector<std::string> boards;  ///< empty: all that the manifest names
  std::optional<image::Kind> kind;  ///< nothing: what the manifest says, else firmware
};

struct Publishable {
  image::Kind kind{image::Kind::firmware};
  std::vector<std::string> boards;    ///< ascending, not empty
  std::vector<std::string> warnings;  ///< whole sentences
};

/// Throws CommandError for a manifest that is damaged or says something else than the file, a signature of
/// none of the keys (when any were given), compressed data that is damaged, another kind, or other boards.
[[nodiscard]] Publishable check_for_publishing(const Examination& examination, const PublishWishes& wishes);

/// What the order of images goes by.
[[nodiscard]] server::Image image_of(const Examination& examination, image::Kind kind, std::int64_t now_s);

}  // namespace airlift::cli
