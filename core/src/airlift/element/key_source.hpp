#pragma once
// Where the public keys come from that a configuration names: PEM files on Linux, built in on a small board.

#include "airlift/image/key_ring.hpp"

namespace airlift::element {

class KeySource {
 public:
  virtual ~KeySource() = default;
  /// Adds the key called `name` to `ring`. Outcomes: ok; key_unreadable: no such key, or none that can be
  /// used; no_space: the ring is full.
  [[nodiscard]] virtual Status load(std::string_view name, image::KeyRing& ring) = 0;
};

}  // namespace airlift::element
