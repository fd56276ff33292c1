#pragma once
// Message digests. These front ends own the rules (in order, sizes); a backend chosen when linking only
// computes.

#include <array>
#include <cassert>
#include <cstddef>
#include <string_view>
#include <variant>

#include "airlift/base/span.hpp"
#include "airlift/crypto/backend.hpp"

namespace airlift::crypto {

using Md5Digest = std::array<std::uint8_t, 16>;
using Sha256Digest = std::array<std::uint8_t, 32>;
using Sha512Digest = std::array<std::uint8_t, 64>;

enum class DigestKind : std::uint8_t { sha256, sha384, sha512 };

[[nodiscard]] constexpr std::size_t digest_bytes(DigestKind kind) {
  return kind == DigestKind::sha256 ? 32 : kind == DigestKind::sha384 ? 48 : 64;
}

[[nodiscard]] constexpr std::string_view name_of(DigestKind kind) {
  return kind == DigestKind::sha256 ? "sha256" : kind == DigestKind::sha384 ? "sha384" : "sha512";
}

/// Feed bytes with update(), take the digest once with finish(); start() begins anew.
template <typename Backend, std::size_t DigestSize>
class Hash {
 public:
  using Digest = std::array<std::uint8_t, DigestSize>;
  static constexpr std::size_t digest_bytes{DigestSize};

  Hash() { start(); }

  void start() {
    backend_.start();
    finished_ = false;
  }

  Hash& update(Bytes bytes) {
    assert(!finished_);
    backend_.update(bytes);
    return *this;
  }

  [[nodiscard]] Digest finish() {
    assert(!finished_);
    finished_ = true;
    Digest digest{};
    backend_.finish(digest.data());
    return digest;
  }

 private:
  Backend backend_;
  bool finished_{false};
};

/// For legacy peers only: the upload protocol's file digest and old password scheme. Nothing trusts it.
using Md5 = Hash<backend::Md5, 16>;
using Sha256 = Hash<backend::Sha256, 32>;
using Sha384 = Hash<backend::Sha384, 48>;
using Sha512 = Hash<backend::Sha512, 64>;

[[nodiscard]] inline Sha256Digest sha256(Bytes bytes) {
  return Sha256{}.update(bytes).finish();
}
[[nodiscard]] inline Md5Digest md5(Bytes bytes) {
  return Md5{}.update(bytes).finish();
}

/// One of the SHA-2 digests, chosen when it starts, for what a configuration chooses.
class Sha2 {
 public:
  explicit Sha2(DigestKind kind) { start(kind); }

  void start(DigestKind kind);
  Sha2& update(Bytes bytes);
  /// Takes the digest, once; the view lasts as long as this object.
  [[nodiscard]] Bytes finish();

 private:
  std::variant<Sha256, Sha384, Sha512> hash_;
  Sha512Digest digest_{};
};

}  // namespace airlift::crypto
