#pragma once
// Which of a channel's images a device gets. docs/design/update-server.md, "Newest" and "Suitable".

#include "airlift_server/offer.hpp"

namespace airlift::server {

/// With a manifest before without; then the higher version, the later build, the later file.
[[nodiscard]] bool is_newer(const Image& a, const Image& b);

/// Whether `a` is offered before `b`: what is current, then what is newer. A strict weak order.
[[nodiscard]] bool comes_before(const Image& a, const Image& b);

struct Wish {
  image::Kind kind{image::Kind::firmware};
  std::string_view running_version;  ///< empty: unknown
};

/// The first of the channel's images that suits; null: none does.
[[nodiscard]] const Offer* select(const Channel& channel, const Wish& wish);

}  // namespace airlift::server
