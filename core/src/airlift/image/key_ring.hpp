#pragma once
// The public keys a device trusts.

#include "airlift/crypto/signature.hpp"

namespace airlift::image {

class KeyRing {
 public:
  static constexpr std::size_t capacity{8};

  /// False: the ring is full. A key that is there already is not added again.
  [[nodiscard]] bool add(const crypto::PublicKey& key) {
    if (find(key.id()) != nullptr) return true;
    if (count_ == capacity) return false;
    keys_[count_++] = key;
    return true;
  }

  /// The key of this id; null: there is none.
  [[nodiscard]] const crypto::PublicKey* find(const crypto::KeyId& id) const {
    for (const crypto::PublicKey& key : keys()) {
      if (key.id() == id) return &key;
    }
    return nullptr;
  }

  void clear() { count_ = 0; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] Span<const crypto::PublicKey> keys() const {
    return Span<const crypto::PublicKey>{keys_}.first(count_);
  }

 private:
  std::array<crypto::PublicKey, capacity> keys_{};
  std::size_t count_{0};
};

}  // namespace airlift::image
