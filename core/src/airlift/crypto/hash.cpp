#include "airlift/crypto/hash.hpp"

#include <algorithm>

namespace airlift::crypto {
namespace {

template <typename H>
Bytes finish_into(Sha512Digest& room, H& hash) {
  const auto digest = hash.finish();
  std::copy(digest.begin(), digest.end(), room.begin());
  return Bytes{room}.first(digest.size());
}

}  // namespace

void Sha2::start(DigestKind kind) {
  switch (kind) {
    case DigestKind::sha256:
      hash_.emplace<Sha256>();
      return;
    case DigestKind::sha384:
      hash_.emplace<Sha384>();
      return;
    case DigestKind::sha512:
      hash_.emplace<Sha512>();
      return;
  }
}

Sha2& Sha2::update(Bytes bytes) {
  std::visit([bytes](auto& hash) { hash.update(bytes); }, hash_);
  return *this;
}

Bytes Sha2::finish() {
  return std::visit([this](auto& hash) { return finish_into(digest_, hash); }, hash_);
}

}  // namespace airlift::crypto
