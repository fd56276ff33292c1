// MD5 (RFC 1321) in little code, instead of BearSSL's, whose rounds are written out.

#include "small/blocks.hpp"

namespace airlift::crypto::backend {
namespace {

using Words = Blocks<std::uint32_t>;

// RFC 1321 3.4: the parts of abs(sin(i)), and of the rotations four a round.
constexpr std::array<std::uint32_t, 64> sines{
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr std::array<std::uint8_t, 16> rotations{7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
// Which word a step takes: RFC 1321 writes them out, they are a * step + b modulo 16.
constexpr std::array<std::uint8_t, 4> word_factors{1, 5, 3, 7};
constexpr std::array<std::uint8_t, 4> word_offsets{0, 1, 5, 0};

std::uint32_t mixed(std::size_t round, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  switch (round) {
    case 0:
      return (b & c) | (~b & d);
    case 1:
      return (b & d) | (c & ~d);
    case 2:
      return b ^ c ^ d;
    default:
      return c ^ (b | ~d);
  }
}

void take_md5_block(Words& blocks) {
  auto [a, b, c, d, e, f, g, h] = blocks.hash;
  for (std::size_t step = 0; step < sines.size(); ++step) {
    const std::size_t round = step / 16;
    const std::size_t word = (word_factors[round] * step + word_offsets[round]) % 16;
    const std::uint32_t sum = a + mixed(round, b, c, d) + sines[step] +
                              load<std::uint32_t>(&blocks.block[4 * word], ByteOrder::little_endian);
    const unsigned left = rotations[4 * round + step % 4];
    a = d, d = c, c = b, b += sum << left | sum >> (32 - left);
  }
  blocks.hash[0] += a, blocks.hash[1] += b, blocks.hash[2] += c, blocks.hash[3] += d;
}

constexpr Algorithm<std::uint32_t> md5{take_md5_block, ByteOrder::little_endian};

}  // namespace

void Md5::start() {
  // RFC 1321 3.3. It uses the first four.
  new (state_.bytes.data()) Words{{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, 0, {}};
}
void Md5::update(Bytes bytes) {
  take(blocks_in<std::uint32_t>(state_), bytes, md5);
}
void Md5::finish(std::uint8_t* digest) {
  backend::finish(blocks_in<std::uint32_t>(state_), digest, 4, md5);
}

}  // namespace airlift::crypto::backend
