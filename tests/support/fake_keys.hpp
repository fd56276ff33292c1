#pragma once
// Keys by name, as a configuration names them.

#include <map>
#include <string>

#include "airlift/element/key_source.hpp"

namespace airlift::testing {

class FakeKeys final : public element::KeySource {
 public:
  [[nodiscard]] Status load(std::string_view name, image::KeyRing& ring) override {
    const auto found = keys.find(std::string{name});
    if (found == keys.end()) return UpdateError::key_unreadable;
    return ring.add(found->second) ? Status{} : Status{UpdateError::no_space};
  }

  std::map<std::string, crypto::PublicKey> keys;
};

}  // namespace airlift::testing
