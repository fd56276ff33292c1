#pragma once
// Numbers of 256 bits, and the field of Ed25519, in little code. How long it takes depends on the numbers:
// for public ones only.

#include "airlift/base/endian.hpp"
#include "airlift/base/span.hpp"

namespace airlift::crypto::backend {

/// Below 2^256, the lowest word first.
using Number = std::array<std::uint32_t, 8>;

inline constexpr Number zero{};
inline constexpr Number one{1};

/// Of 32 bytes.
inline Number number_of(Bytes little_endian) {
  Number number{};
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = load_le32(&little_endian[4 * i]);
  return number;
}

inline bool bit_of(const Number& number, std::size_t bit) {
  return (number[bit / 32] >> bit % 32 & 1U) != 0;
}

// Shifts of negative numbers keep the sign: C++20, and every compiler before.

/// Takes the modulus off once. False, and nothing changed: the number is below it.
inline bool take_off(Number& number, const Number& modulus) {
  Number rest{};
  std::int64_t borrow{0};
  for (std::size_t i = 0; i < rest.size(); ++i) {
    borrow += std::int64_t{number[i]} - modulus[i];
    rest[i] = static_cast<std::uint32_t>(borrow);
    borrow >>= 32;
  }
  if (borrow != 0) return false;
  number = rest;
  return true;
}

/// RFC 8032 5.1.
inline constexpr Number p{0xffffffed, 0xffffffff, 0xffffffff, 0xffffffff,
                          0xffffffff, 0xffffffff, 0xffffffff, 0x7fffffff};

// What follows computes modulo p: any number below 2^256 stands for its remainder, and 2^256 is 38.

/// a + factor * b, each of 8 words; the factor has 31 bits at most.
inline Number sum(const std::uint32_t* a, int factor, const std::uint32_t* b) {
  Number result{};
  std::int64_t carry{0};
  for (std::size_t i = 0; i < result.size(); ++i) {
    carry += a[i] + std::int64_t{factor} * b[i];
    result[i] = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  while (carry != 0) {
    carry *= 38;
    for (std::uint32_t& word : result) {
      carry += word;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  return result;
}

inline Number add(const Number& a, const Number& b) {
  return sum(a.data(), 1, b.data());
}

inline Number sub(const Number& a, const Number& b) {
  return sum(a.data(), -1, b.data());
}

inline Number mul(const Number& a, const Number& b) {
  std::array<std::uint32_t, 16> product{};
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry{0};
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::uint32_t& word = product[i + j];
      carry += std::uint64_t{a[i]} * b[j] + word;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    product[i + 8] = static_cast<std::uint32_t>(carry);
  }
  return sum(product.data(), 38, product.data() + 8);
}

/// To an exponent of so many bits, which are all ones above the lowest byte.
inline Number power(const Number& base, std::size_t bits, unsigned lowest_byte) {
  Number result{one};
  while (bits-- > 0) {
    result = mul(result, result);
    if (bits >= 8 || (lowest_byte >> bits & 1U) != 0) result = mul(result, base);
  }
  return result;
}

/// The one number below p.
inline Number reduced(Number number) {
  while (take_off(number, p)) {
  }
  return number;
}

}  // namespace airlift::crypto::backend
