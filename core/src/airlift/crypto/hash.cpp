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

Sha2& Sha2::update(Bytes bytes) {
  switch (kind_) {
    case DigestKind::sha256:
      sha256_.update(bytes);
      break;
    case DigestKind::sha384:
      sha384_.update(bytes);
      break;
    case DigestKind::sha512:
      sha512_.update(bytes);
      break;
  }
  return *this;
}

Bytes Sha2::finish() {
  switch (kind_) {
    case DigestKind::sha256:
      return finish_into(digest_, sha256_);
    case DigestKind::sha384:
      return finish_into(digest_, sha384_);
    case DigestKind::sha512:
      return finish_into(digest_, sha512_);
  }
  return {};
}

}  // namespace airlift::crypto
