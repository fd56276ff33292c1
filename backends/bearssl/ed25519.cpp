// Ed25519 by BearSSL's big integers, instead of sodium/ed25519.cpp: a fifth of its code, at several times its
// work. For verifying only: nothing is secret, so nothing has to take the same time.

#include <algorithm>

#include "airlift/crypto/hash.hpp"
#include "spki/spki.hpp"

// BearSSL's inner.h, which is no C++.
extern "C" {
void br_i31_decode(std::uint32_t* x, const void* bytes, std::size_t size);
std::uint32_t br_i31_decode_mod(std::uint32_t* x, const void* bytes, std::size_t size,
                                const std::uint32_t* m);
void br_i31_decode_reduce(std::uint32_t* x, const void* bytes, std::size_t size, const std::uint32_t* m);
void br_i31_encode(void* bytes, std::size_t size, const std::uint32_t* x);
std::uint32_t br_i31_ninv31(std::uint32_t x);
std::uint32_t br_i31_add(std::uint32_t* a, const std::uint32_t* b, std::uint32_t do_it);
std::uint32_t br_i31_sub(std::uint32_t* a, const std::uint32_t* b, std::uint32_t do_it);
void br_i31_montymul(std::uint32_t* product, const std::uint32_t* a, const std::uint32_t* b,
                     const std::uint32_t* m, std::uint32_t m0);
void br_i31_to_monty(std::uint32_t* x, const std::uint32_t* m);
void br_i31_from_monty(std::uint32_t* x, const std::uint32_t* m, std::uint32_t m0);
}

namespace airlift::crypto::backend {
namespace {

constexpr std::size_t part_bytes{32};  // of a key, and of each half of a signature: RFC 8032 5.1.5 and 5.1.6

/// In BearSSL's form: the size, then words of 31 bits, the lowest first.
using Number = std::array<std::uint32_t, 10>;
using BigEndian = std::array<std::uint8_t, part_bytes>;

// RFC 8032 5.1: p = 2^255 - 19, L = 2^252 + 27742317777372353535851937790883648493, d, and the base point.
constexpr BigEndian p_bytes{0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xed};
constexpr BigEndian order_bytes{0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                0x00, 0x00, 0x00, 0x00, 0x00, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7,
                                0x9c, 0xd6, 0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed};
constexpr BigEndian d_bytes{0x52, 0x03, 0x6c, 0xee, 0x2b, 0x6f, 0xfe, 0x73, 0x8c, 0xc7, 0x40,
                            0x79, 0x77, 0x79, 0xe8, 0x98, 0x00, 0x70, 0x0a, 0x4d, 0x41, 0x41,
                            0xd8, 0xab, 0x75, 0xeb, 0x4d, 0xca, 0x13, 0x59, 0x78, 0xa3};
// (p - 5) / 8 and (p - 1) / 4, exponents of the square root (RFC 8032 5.1.3).
constexpr BigEndian root_exponent{0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfd};
constexpr BigEndian quarter_exponent{0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfb};
// The base point, encoded: y is 4/5, and x is even.
constexpr BigEndian base_bytes{0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                               0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                               0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x58};

BigEndian reversed(Bytes little_endian) {
  BigEndian bytes{};
  std::reverse_copy(little_endian.begin(), little_endian.end(), bytes.begin());
  return bytes;
}

/// Numbers modulo p, in Montgomery's form.
class Field {
 public:
  Field() {
    br_i31_decode(p_.data(), p_bytes.data(), p_bytes.size());
    p0_ = br_i31_ninv31(p_[1]);  // NOLINT(cppcoreguidelines-prefer-member-initializer): p_ comes first
  }

  /// False: not below p.
  bool decode(Number& into, const BigEndian& bytes) const {
    const bool below = br_i31_decode_mod(into.data(), bytes.data(), bytes.size(), p_.data()) == 1;
    br_i31_to_monty(into.data(), p_.data());
    return below;
  }
  [[nodiscard]] BigEndian encode(Number number) const {
    br_i31_from_monty(number.data(), p_.data(), p0_);
    BigEndian bytes{};
    br_i31_encode(bytes.data(), bytes.size(), number.data());
    return bytes;
  }
  [[nodiscard]] Number small(std::uint8_t value) const {
    BigEndian bytes{};
    bytes.back() = value;
    Number number{};
    [[maybe_unused]] const bool below = decode(number, bytes);
    return number;
  }
  [[nodiscard]] Number add(Number a, const Number& b) const {
    br_i31_add(a.data(), b.data(), 1);
    br_i31_sub(a.data(), p_.data(), br_i31_sub(a.data(), p_.data(), 0) ^ 1U);
    return a;
  }
  [[nodiscard]] Number sub(Number a, const Number& b) const {
    br_i31_add(a.data(), p_.data(), br_i31_sub(a.data(), b.data(), 1));
    return a;
  }
  [[nodiscard]] Number mul(const Number& a, const Number& b) const {
    Number product{};
    br_i31_montymul(product.data(), a.data(), b.data(), p_.data(), p0_);
    return product;
  }
  [[nodiscard]] Number power(const Number& base, const BigEndian& exponent) const {
    Number result = small(1);
    for (std::size_t bit = 0; bit < 256; ++bit) {
      result = mul(result, result);
      if ((exponent[bit / 8] >> (7 - bit % 8) & 1) != 0) result = mul(result, base);
    }
    return result;
  }

 private:
  Number p_{};
  std::uint32_t p0_{0};
};

/// x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 5.1.4).
struct Point {
  Number x, y, z, t;
};

class Curve {
 public:
  Curve() { [[maybe_unused]] const bool below = field_.decode(d_, d_bytes); }

  [[nodiscard]] Point zero() const {
    return {field_.sub(field_.small(1), field_.small(1)), field_.small(1), field_.small(1),
            field_.sub(field_.small(1), field_.small(1))};
  }

  /// RFC 8032 5.1.3. False: no point, or not in its one encoding.
  bool decode(Point& into, BigEndian bytes) const {
    const Number one = field_.small(1);
    const bool odd = bytes[0] >= 0x80;
    bytes[0] = static_cast<std::uint8_t>(bytes[0] & 0x7F);
    if (!field_.decode(into.y, bytes)) return false;
    const Number y2 = field_.mul(into.y, into.y);
    const Number u = field_.sub(y2, one);
    const Number v = field_.add(field_.mul(d_, y2), one);
    if (!root(into.x, u, v)) return false;
    const BigEndian x = field_.encode(into.x);
    if (odd && is_zero(x)) return false;
    if (((x.back() & 1) != 0) != odd) into.x = field_.sub(zero().x, into.x);
    into.z = one;
    into.t = field_.mul(into.x, into.y);
    return true;
  }

  [[nodiscard]] BigEndian encode(const Point& point) const {
    BigEndian p_minus_2 = p_bytes;
    p_minus_2.back() = 0xeb;
    const Number inverse = field_.power(point.z, p_minus_2);
    BigEndian bytes = field_.encode(field_.mul(point.y, inverse));
    const BigEndian x = field_.encode(field_.mul(point.x, inverse));
    bytes[0] = static_cast<std::uint8_t>(bytes[0] | (x.back() & 1) << 7);
    return bytes;
  }

  /// RFC 8032 5.1.4, for any two points.
  [[nodiscard]] Point add(const Point& p, const Point& q) const {
    const Field& f = field_;
    const Number a = f.mul(f.sub(p.y, p.x), f.sub(q.y, q.x));
    const Number b = f.mul(f.add(p.y, p.x), f.add(q.y, q.x));
    const Number c = f.mul(f.mul(p.t, f.add(d_, d_)), q.t);
    const Number d = f.mul(f.add(p.z, p.z), q.z);
    const Number e = f.sub(b, a);
    const Number g = f.add(d, c);
    const Number h = f.add(b, a);
    const Number k = f.sub(d, c);
    return {f.mul(e, k), f.mul(g, h), f.mul(k, g), f.mul(e, h)};
  }

  [[nodiscard]] Point negated(Point point) const {
    point.x = field_.sub(zero().x, point.x);
    point.t = field_.sub(zero().x, point.t);
    return point;
  }

  /// Whether eight times the point is nothing: such keys sign anything.
  [[nodiscard]] bool has_small_order(Point point) const {
    for (int doubling = 0; doubling < 3; ++doubling) point = add(point, point);
    return is_zero(field_.encode(point.x));
  }

 private:
  static bool is_zero(const BigEndian& bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
  }

  /// The square root of u/v. False: there is none.
  bool root(Number& x, const Number& u, const Number& v) const {
    const Field& f = field_;
    const Number v3 = f.mul(f.mul(v, v), v);
    const Number v7 = f.mul(f.mul(v3, v3), v);
    x = f.mul(f.mul(u, v3), f.power(f.mul(u, v7), root_exponent));
    const BigEndian square = f.encode(f.mul(v, f.mul(x, x)));
    if (square == f.encode(u)) return true;
    x = f.mul(x, f.power(f.small(2), quarter_exponent));
    return square == f.encode(f.sub(zero().x, u));
  }

  Field field_;
  Number d_{};
};

/// a * p + b * q.
Point sum_of(const Curve& curve, const BigEndian& a, const Point& p, const BigEndian& b, const Point& q) {
  Point sum = curve.zero();
  for (std::size_t bit = 0; bit < 256; ++bit) {
    sum = curve.add(sum, sum);
    if ((a[bit / 8] >> (7 - bit % 8) & 1) != 0) sum = curve.add(sum, p);
    if ((b[bit / 8] >> (7 - bit % 8) & 1) != 0) sum = curve.add(sum, q);
  }
  return sum;
}

/// SHA-512 of the point R, the key and the message, modulo the order of the group (RFC 8032 5.1.7).
BigEndian challenge_of(Bytes point, Bytes key, Bytes message) {
  Sha512Digest digest = crypto::Sha512{}.update(point).update(key).update(message).finish();
  std::reverse(digest.begin(), digest.end());
  Number order{};
  br_i31_decode(order.data(), order_bytes.data(), order_bytes.size());
  Number reduced{};
  br_i31_decode_reduce(reduced.data(), digest.data(), digest.size(), order.data());
  BigEndian bytes{};
  br_i31_encode(bytes.data(), bytes.size(), reduced.data());
  return bytes;
}

}  // namespace

// The same checks as in sodium/ed25519.cpp.
bool verify_ed25519(Bytes spki, Bytes message, Bytes signature) {
  const Bytes key = read_spki(spki).key;
  if (key.size() != part_bytes || signature.size() != 2 * part_bytes) return false;
  const Bytes point = signature.first(part_bytes);
  const BigEndian scalar = reversed(signature.subspan(part_bytes));
  const Curve curve;
  // decode() fills them.
  Point public_key;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  Point base;        // NOLINT(cppcoreguidelines-pro-type-member-init)
  if (!(scalar < order_bytes) || !curve.decode(public_key, reversed(key)) ||
      !curve.decode(base, base_bytes) || curve.has_small_order(public_key)) {
    return false;
  }
  const Point sum = sum_of(curve, scalar, base, challenge_of(point, key, message), curve.negated(public_key));
  return !curve.has_small_order(sum) && curve.encode(sum) == reversed(point);
}

}  // namespace airlift::crypto::backend
