// SHA-256, SHA-384 and SHA-512 (FIPS 180-4) in little code, instead of BearSSL's, whose rounds are written
// out eight by eight.

#include "small/blocks.hpp"

namespace airlift::crypto::backend {
namespace {

using Words = std::array<std::uint64_t, 8>;

// FIPS 180-4 5.3.4, 5.3.5 and 4.2.3. What SHA-256 uses (5.3.3, 4.2.2) are the upper halves of SHA-512's.
constexpr Words sha384_start{0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
                             0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
constexpr Words sha512_start{0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                             0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
constexpr std::array<std::uint64_t, 80> round_constants{
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

/// FIPS 180-4 4.1.2 and 4.1.3: two rotations, and a third or, in the schedule, a shift.
struct Bits {
  unsigned first, second, third;
};
template <typename Word>
struct Sigma;
template <>
struct Sigma<std::uint32_t> {
  static constexpr std::size_t rounds{64};
  static constexpr Bits sum_a{2, 13, 22}, sum_e{6, 11, 25}, schedule_15{7, 18, 3}, schedule_2{17, 19, 10};
};
template <>
struct Sigma<std::uint64_t> {
  static constexpr std::size_t rounds{80};
  static constexpr Bits sum_a{28, 34, 39}, sum_e{14, 18, 41}, schedule_15{1, 8, 7}, schedule_2{19, 61, 6};
};

template <typename Word>
Word upper(std::uint64_t constant) {
  return static_cast<Word>(constant >> (64 - 8 * sizeof(Word)));
}

template <typename Word>
Word rotated(Word value, unsigned bits) {
  return value >> bits | value << (8 * sizeof(Word) - bits);
}
template <typename Word>
Word sum(Word value, Bits bits) {
  return rotated(value, bits.first) ^ rotated(value, bits.second) ^ rotated(value, bits.third);
}
template <typename Word>
Word spread(Word value, Bits bits) {
  return rotated(value, bits.first) ^ rotated(value, bits.second) ^ value >> bits.third;
}

/// FIPS 180-4 6.2.2 and 6.4.2. The names are the standard's; `w` is the last 16 words of the schedule.
template <typename Word>
void take_block(Blocks<Word>& blocks) {
  using S = Sigma<Word>;
  std::array<Word, 16> w{};
  for (std::size_t t = 0; t < w.size(); ++t) {
    w[t] = load<Word>(&blocks.block[sizeof(Word) * t], ByteOrder::big_endian);
  }
  auto [a, b, c, d, e, f, g, h] = blocks.hash;
  for (std::size_t t = 0; t < S::rounds; ++t) {
    Word& w_t = w[t % 16];
    const Word t1 = h + sum(e, S::sum_e) + ((e & f) ^ (~e & g)) + upper<Word>(round_constants[t]) + w_t;
    const Word t2 = sum(a, S::sum_a) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    w_t +=
        spread(w[(t + 1) % 16], S::schedule_15) + w[(t + 9) % 16] + spread(w[(t + 14) % 16], S::schedule_2);
  }
  const std::array<Word, 8> worked{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < worked.size(); ++i) blocks.hash[i] += worked[i];
}

template <typename Word>
constexpr Algorithm<Word> sha2{take_block<Word>, ByteOrder::big_endian};

template <typename Word, std::size_t Size>
void start(StateStorage<Size>& storage, const Words& from) {
  auto& blocks = *new (storage.bytes.data()) Blocks<Word>{};
  for (std::size_t i = 0; i < from.size(); ++i) blocks.hash[i] = upper<Word>(from[i]);
}

}  // namespace

void Sha256::start() {
  backend::start<std::uint32_t>(state_, sha512_start);
}
void Sha256::update(Bytes bytes) {
  take(blocks_in<std::uint32_t>(state_), bytes, sha2<std::uint32_t>);
}
void Sha256::finish(std::uint8_t* digest) {
  backend::finish(blocks_in<std::uint32_t>(state_), digest, 8, sha2<std::uint32_t>);
}

void Sha384::start() {
  backend::start<std::uint64_t>(state_, sha384_start);
}
void Sha384::update(Bytes bytes) {
  take(blocks_in<std::uint64_t>(state_), bytes, sha2<std::uint64_t>);
}
void Sha384::finish(std::uint8_t* digest) {
  backend::finish(blocks_in<std::uint64_t>(state_), digest, 6, sha2<std::uint64_t>);
}

void Sha512::start() {
  backend::start<std::uint64_t>(state_, sha512_start);
}
void Sha512::update(Bytes bytes) {
  take(blocks_in<std::uint64_t>(state_), bytes, sha2<std::uint64_t>);
}
void Sha512::finish(std::uint8_t* digest) {
  backend::finish(blocks_in<std::uint64_t>(state_), digest, 8, sha2<std::uint64_t>);
}

}  // namespace airlift::crypto::backend
