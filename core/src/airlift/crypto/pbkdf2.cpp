#include "airlift/crypto/pbkdf2.hpp"

#include <algorithm>

namespace airlift::crypto {
namespace {

constexpr std::size_t block_bytes{64};  // of SHA-256, FIPS 180-4

using Block = std::array<std::uint8_t, block_bytes>;

Block padded_key(Bytes key) {
  Block block{};
  if (key.size() > block_bytes) {
    const Sha256Digest digest = sha256(key);
    std::copy(digest.begin(), digest.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  return block;
}

Block masked(Block block, std::uint8_t mask) {
  for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(byte ^ mask);
  return block;
}

}  // namespace

HmacSha256::HmacSha256(Bytes key) {
  const Block block = padded_key(key);
  inner_.update(masked(block, 0x36));
  outer_.update(masked(block, 0x5c));
}

Sha256Digest HmacSha256::finish() {
  const Sha256Digest inner = inner_.finish();
  return outer_.update(inner).finish();
}

Pbkdf2Sha256::Pbkdf2Sha256(Bytes password, Bytes salt, std::uint32_t rounds)
    : keyed_{password}, rounds_left_{rounds} {
  assert(rounds >= 1);
  constexpr std::array<std::uint8_t, 4> first_block{0, 0, 0, 1};
  last_ = HmacSha256{keyed_}.update(salt).update(first_block).finish();
  key_ = last_;
  --rounds_left_;
}

void Pbkdf2Sha256::step(std::uint32_t rounds) {
  for (const std::uint32_t end = rounds_left_ - std::min(rounds, rounds_left_); rounds_left_ > end;
       --rounds_left_) {
    last_ = HmacSha256{keyed_}.update(last_).finish();
    for (std::size_t i = 0; i < key_.size(); ++i) key_[i] = static_cast<std::uint8_t>(key_[i] ^ last_[i]);
  }
}

}  // namespace airlift::crypto
