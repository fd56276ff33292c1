#pragma once
// The public key that was built in, for the configuration under the name "built-in".

#include "airlift/element/key_source.hpp"

namespace airlift::firmware {

class BuiltInKey final : public element::KeySource {
 public:
  static constexpr std::string_view name{"built-in"};

  /// `der`: its SubjectPublicKeyInfo; outlives this. Empty: there is none.
  explicit BuiltInKey(Bytes der) : der_{der} {}

  [[nodiscard]] Status load(std::string_view wanted, image::KeyRing& ring) override {
    if (wanted != name) return UpdateError::key_unreadable;
    const Result<crypto::KeyView> key = crypto::KeyView::from_der(der_);
    if (!key.ok()) return key.error();
    return ring.add(key.value()) ? Status{} : UpdateError::no_space;
  }

 private:
  Bytes der_;
};

}  // namespace airlift::firmware
