#pragma once
// What MD5 and SHA-2 do alike: gather blocks of 16 words, and pad the last one (RFC 1321 3.1, 3.2; FIPS
// 180-4 5.1).

#include <new>

#include "airlift/crypto/backend.hpp"

namespace airlift::crypto::backend {

enum class ByteOrder : std::uint8_t { little_endian, big_endian };

template <typename Word>
Word load(const std::uint8_t* at, ByteOrder order) {
  Word value{0};
  for (std::size_t i = 0; i < sizeof(Word); ++i) {
    value = value << 8 | at[order == ByteOrder::big_endian ? i : sizeof(Word) - 1 - i];
  }
  return value;
}

template <typename Word>
void store(std::uint8_t* at, Word value, ByteOrder order) {
  for (std::size_t i = 0; i < sizeof(Word); ++i, value >>= 8) {
    at[order == ByteOrder::little_endian ? i : sizeof(Word) - 1 - i] = static_cast<std::uint8_t>(value);
  }
}

template <typename Word>
struct Blocks {
  static constexpr std::size_t bytes{16 * sizeof(Word)};

  std::array<Word, 8> hash;
  std::uint64_t count;  ///< bytes taken
  std::array<std::uint8_t, bytes> block;
};

template <typename Word>
struct Algorithm {
  void (*take_block)(Blocks<Word>& blocks);
  ByteOrder order;
};

template <typename Word, std::size_t Size>
Blocks<Word>& blocks_in(StateStorage<Size>& storage) {
  static_assert(sizeof(Blocks<Word>) <= Size);
  return *std::launder(reinterpret_cast<Blocks<Word>*>(storage.bytes.data()));
}

template <typename Word>
void take(Blocks<Word>& blocks, Bytes bytes, const Algorithm<Word>& algorithm) {
  for (const std::uint8_t byte : bytes) {
    blocks.block[blocks.count++ % blocks.bytes] = byte;
    if (blocks.count % blocks.bytes == 0) algorithm.take_block(blocks);
  }
}

/// Pads, and gives the first `words` of the hash.
template <typename Word>
void finish(Blocks<Word>& blocks, std::uint8_t* digest, std::size_t words, const Algorithm<Word>& algorithm) {
  std::array<std::uint8_t, 2 * sizeof(Word)> length{};
  std::uint8_t* const low_half = length.data() + length.size() - sizeof(blocks.count);
  store(low_half, blocks.count * 8, algorithm.order);
  std::uint8_t padding{0x80};
  do {
    take(blocks, {&padding, 1}, algorithm);
    padding = 0;
  } while (blocks.count % blocks.bytes != blocks.bytes - length.size());
  take(blocks, length, algorithm);
  for (std::size_t i = 0; i < words; ++i) store(digest + sizeof(Word) * i, blocks.hash[i], algorithm.order);
}

}  // namespace airlift::crypto::backend
