#include "spki/spki.hpp"

#include <algorithm>

namespace airlift::crypto::backend {
namespace {

using Type = KeyFacts::Type;

// AlgorithmIdentifiers, without the SEQUENCE around them: RFC 8410 3, RFC 3279 2.3.1, RFC 5480 2.1.1.
constexpr std::array<std::uint8_t, 5> ed25519{0x06, 0x03, 0x2b, 0x65, 0x70};
constexpr std::array<std::uint8_t, 13> rsa{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                           0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
constexpr std::array<std::uint8_t, 19> p256{0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                                            0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 16> p384{0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
                                            0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};

bool equal(Bytes a, Bytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

Type type_of(Bytes algorithm) {
  if (equal(algorithm, ed25519)) return Type::ed25519;
  if (equal(algorithm, rsa)) return Type::rsa;
  if (equal(algorithm, p256)) return Type::p256;
  if (equal(algorithm, p384)) return Type::p384;
  return DerReader{algorithm}.take(DerTag::object_identifier).empty() ? Type::unreadable : Type::other;
}

}  // namespace

Bytes DerReader::take(DerTag tag) {
  if (rest_.empty() || rest_[0] != static_cast<std::uint8_t>(tag)) return fail();
  rest_ = rest_.subspan(1);
  const std::size_t length = take_length();
  if (!right_ || length > rest_.size()) return fail();
  const Bytes contents = rest_.first(length);
  rest_ = rest_.subspan(length);
  return contents;
}

// Below 128 in one byte, else behind their number, and in as few as possible (X.690 8.1.3, 10.1).
std::size_t DerReader::take_length() {
  const std::size_t first = rest_.empty() ? 0xFF : rest_[0];
  const std::size_t more = first < 0x80 ? 0 : first - 0x80;
  if (more > 2 || more >= rest_.size()) return fail().size();
  std::size_t length = more == 0 ? first : 0;
  for (std::size_t at = 1; at <= more; ++at) length = length << 8U | rest_[at];
  if ((more == 1 && length < 0x80) || (more == 2 && length < 0x100)) return fail().size();
  rest_ = rest_.subspan(1 + more);
  return length;
}

// Two's complement in as few bytes as possible (X.690 8.3.2).
Bytes DerReader::take_positive() {
  const Bytes number = take(DerTag::integer);
  if (number.empty() || number[0] >= 0x80) return fail();
  if (number[0] != 0) return number;
  return number.size() > 1 && number[1] >= 0x80 ? number.subspan(1) : fail();
}

Bytes DerReader::fail() {
  right_ = false;
  rest_ = {};
  return {};
}

Spki read_spki(Bytes spki) {
  DerReader outer{spki};
  DerReader inner{outer.take(DerTag::sequence)};
  const Bytes algorithm = inner.take(DerTag::sequence);
  const Bytes bits = inner.take(DerTag::bit_string);
  // The first byte of a BIT STRING is the number of its unused bits.
  if (!outer.is_at_end() || !inner.is_at_end() || bits.empty() || bits[0] != 0) return {};
  return {type_of(algorithm), bits.subspan(1)};
}

KeyFacts ed25519_facts(Bytes key) {
  return key.size() == 32 ? KeyFacts{Type::ed25519, 256} : KeyFacts{};
}

}  // namespace airlift::crypto::backend
