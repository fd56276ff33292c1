#pragma once
// The public keys a device trusts.

#include "airlift/crypto/signature.hpp"

namespace airlift::image {

/// What a policy sees of them.
class TrustedKeys {
 public:
  [[nodiscard]] virtual Span<const crypto::PublicKey> keys() const = 0;
  [[nodiscard]] bool empty() const { return keys().empty(); }

  /// The key of this id; null: there is none.
  [[nodiscard]] const crypto::PublicKey* find(const crypto::KeyId& id) const {
    for (const crypto::PublicKey& key : keys()) {
      if (key.id() == id) return &key;
    }
    return nullptr;
  }

 protected:
  TrustedKeys() = default;
  TrustedKeys(const TrustedKeys&) = default;
  TrustedKeys& operator=(const TrustedKeys&) = default;
  ~TrustedKeys() = default;
};

/// A device that is short of memory has room for fewer: 614 bytes each.
template <std::size_t Capacity>
// clang-tidy overlooks that it is final. NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor)
class KeyRingOf final : public TrustedKeys {
 public:
  static constexpr std::size_t capacity{Capacity};

  /// False: the ring is full. A key that is there already is not added again.
  [[nodiscard]] bool add(const crypto::PublicKey& key) {
    if (find(key.id()) != nullptr) return true;
    if (count_ == capacity) return false;
    keys_[count_++] = key;
    return true;
  }

  void clear() { count_ = 0; }
  [[nodiscard]] Span<const crypto::PublicKey> keys() const override {
    return Span<const crypto::PublicKey>{keys_}.first(count_);
  }

 private:
  std::array<crypto::PublicKey, capacity> keys_{};
  std::size_t count_{0};
};

using KeyRing = KeyRingOf<8>;

}  // namespace airlift::image
