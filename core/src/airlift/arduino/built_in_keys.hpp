#pragma once
// Public keys that are part of a program, named by their place: "0", "1", ...

#include "airlift/element/key_source.hpp"

namespace airlift::arduino {

class BuiltInKeys final : public element::KeySource {
 public:
  /// `key`: PEM text of one "PUBLIC KEY", its DER, or the 32 bytes of an Ed25519 key. It lives as long as
  /// this. Outcomes: ok; key_unreadable: none that can be used; no_space: too many.
  [[nodiscard]] Status add(Bytes key);
  [[nodiscard]] std::size_t count() const { return count_; }

  [[nodiscard]] Status load(std::string_view name, image::KeyRing& ring) override;

 private:
  std::array<Bytes, image::KeyRing::capacity> keys_{};
  std::size_t count_{0};
};

}  // namespace airlift::arduino
