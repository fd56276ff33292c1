#pragma once
// The public keys a device trusts.

#include <algorithm>

#include "airlift/crypto/signature.hpp"

namespace airlift::image {

/// What a policy sees of them.
class TrustedKeys {
 public:
  [[nodiscard]] virtual Span<const crypto::KeyView> keys() const = 0;
  [[nodiscard]] bool empty() const { return keys().empty(); }

  /// The key of this id; null: there is none.
  [[nodiscard]] const crypto::KeyView* find(const crypto::KeyId& id) const {
    for (const crypto::KeyView& key : keys()) {
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

/// Keeps the bytes of its keys, too. A device that is short of memory has room for fewer keys, and for
/// shorter ones: crypto::ed25519_der_bytes.
template <std::size_t Capacity, std::size_t LongestDer = crypto::longest_key_der_bytes>
// clang-tidy overlooks that it is final. NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor)
class KeyRingOf final : public TrustedKeys {
 public:
  static constexpr std::size_t capacity{Capacity};

  KeyRingOf() = default;
  KeyRingOf(const KeyRingOf& other) : TrustedKeys{other} { copy(other); }
  KeyRingOf& operator=(const KeyRingOf& other) {
    if (this != &other) copy(other);
    return *this;
  }
  ~KeyRingOf() = default;

  /// False: the ring has no room for it. A key that is there already is not added again.
  [[nodiscard]] bool add(const crypto::KeyView& key) {
    if (find(key.id()) != nullptr) return true;
    if (count_ == capacity || key.der().size() > LongestDer) return false;
    const MutableBytes der = MutableBytes{ders_[count_]}.first(key.der().size());
    std::copy(key.der().begin(), key.der().end(), der.begin());
    keys_[count_++] = {key, der};
    return true;
  }

  void clear() { count_ = 0; }
  [[nodiscard]] Span<const crypto::KeyView> keys() const override {
    return Span<const crypto::KeyView>{keys_}.first(count_);
  }

 private:
  void copy(const KeyRingOf& other) {
    clear();
    for (const crypto::KeyView& key : other.keys()) [[maybe_unused]] const bool fits = add(key);
  }

  std::array<crypto::KeyView, capacity> keys_{};  ///< views into ders_
  std::array<std::array<std::uint8_t, LongestDer>, capacity> ders_{};
  std::size_t count_{0};
};

using KeyRing = KeyRingOf<8>;

}  // namespace airlift::image
