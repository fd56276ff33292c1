// Ed25519 in little code, instead of sodium/ed25519.cpp: a seventh of its flash, at five times its work; no
// library comes near (docs/benchmarks.md).

#include "airlift/crypto/hash.hpp"
#include "small/field25519.hpp"
#include "spki/spki.hpp"

namespace airlift::crypto::backend {
namespace {

constexpr std::size_t part_bytes{32};  // of a key, and of each half of a signature: RFC 8032 5.1.5 and 5.1.6

// RFC 8032 5.1: the base point's order L, the curve's d, and the base point B.
constexpr Number order_l{0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000};
constexpr Number curve_d{0x135978a3, 0x75eb4dca, 0x4141d8ab, 0x00700a4d,
                         0x7779e898, 0x8cc74079, 0x2b6ffe73, 0x52036cee};
constexpr Number base_x{0x8f25d51a, 0xc9562d60, 0x9525a7b2, 0x692cc760,
                        0xfdd6dc5c, 0xc0a4e231, 0xcd6e53fe, 0x216936d3};
constexpr Number base_y{0x66666658, 0x66666666, 0x66666666, 0x66666666,
                        0x66666666, 0x66666666, 0x66666666, 0x66666666};

/// x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 5.1.4).
struct Point {
  Number x, y, z, t;
};

/// RFC 8032 5.1.4, for any two points.
Point add_points(const Point& p1, const Point& p2) {
  const Number a = mul(sub(p1.y, p1.x), sub(p2.y, p2.x));
  const Number b = mul(add(p1.y, p1.x), add(p2.y, p2.x));
  const Number c = mul(mul(p1.t, add(curve_d, curve_d)), p2.t);
  const Number d = mul(add(p1.z, p1.z), p2.z);
  const Number e = sub(b, a);
  const Number f = sub(d, c);
  const Number g = add(d, c);
  const Number h = add(b, a);
  return {mul(e, f), mul(g, h), mul(f, g), mul(e, h)};
}

Point point_of(const Number& x, const Number& y) {
  return {x, y, one, mul(x, y)};
}

/// RFC 8032 5.1.3, and negates it. False: no point. The one encoding of a point, which the RFC asks for, is
/// asked for by crypto/signature.hpp.
bool decode_negated(Point& into, Number y) {
  const bool odd = bit_of(y, 255);
  y[7] &= 0x7fffffffU;
  const Number y2 = mul(y, y);
  const Number u = sub(y2, one);
  const Number v = add(mul(curve_d, y2), one);
  // The square root of u/v is u v^3 (u v^7)^((p - 5) / 8), or that times the root of -1, 2^((p - 1) / 4).
  const Number v3 = mul(mul(v, v), v);
  Number x = mul(mul(u, v3), power(mul(mul(mul(v3, v3), v), u), 252, 0xfd));
  const Number vx2 = mul(v, mul(x, x));
  if (reduced(sub(vx2, u)) != zero) {
    if (reduced(add(vx2, u)) != zero) return false;
    x = mul(x, power(add(one, one), 253, 0xfb));
  }
  if (bit_of(reduced(x), 0) == odd) x = sub(zero, x);
  into = point_of(x, y);
  return true;
}

Number encode(const Point& point) {
  const Number inverse = power(point.z, 255, 0xeb);  // z^(p - 2)
  Number y = reduced(mul(point.y, inverse));
  y[7] |= (reduced(mul(point.x, inverse))[0] & 1U) << 31;
  return y;
}

/// n1 * p1 + n2 * p2, both bit by bit.
Point sum_of(const Number& n1, const Point& p1, const Number& n2, const Point& p2) {
  const std::array<Point, 4> addends{Point{zero, one, one, zero}, p1, p2, add_points(p1, p2)};
  Point sum = addends[0];
  for (std::size_t bit = 256; bit-- > 0;) {
    sum =
        add_points(add_points(sum, sum), addends[(bit_of(n1, bit) ? 1U : 0U) + (bit_of(n2, bit) ? 2U : 0U)]);
  }
  return sum;
}

/// SHA-512 of R, the key and the message, modulo L (RFC 8032 5.1.7).
Number challenge_of(Bytes point, Bytes key, Bytes message) {
  const Sha512Digest digest = crypto::Sha512{}.update(point).update(key).update(message).finish();
  Number rest{};
  for (std::size_t bit = 8 * digest.size(); bit-- > 0;) {
    std::uint32_t carry = digest[bit / 8] >> bit % 8 & 1U;
    for (std::uint32_t& word : rest) {
      const std::uint32_t next = word >> 31;
      word = word << 1 | carry;
      carry = next;
    }
    [[maybe_unused]] const bool taken = take_off(rest, order_l);
  }
  return rest;
}

}  // namespace

// RFC 8032 5.1.7 with the equation that has no factor 8: S B - k A is R, bit for bit.
bool verify_ed25519(Bytes spki, Bytes message, Bytes signature) {
  const Bytes key = read_spki(spki).key;
  if (key.size() != part_bytes || signature.size() != 2 * part_bytes) return false;
  const Bytes r = signature.first(part_bytes);
  Number s = number_of(signature.subspan(part_bytes));
  Point negative_key{};
  if (take_off(s, order_l) || !decode_negated(negative_key, number_of(key))) return false;
  const Point sum = sum_of(s, point_of(base_x, base_y), challenge_of(r, key, message), negative_key);
  return encode(sum) == number_of(r);
}

}  // namespace airlift::crypto::backend
