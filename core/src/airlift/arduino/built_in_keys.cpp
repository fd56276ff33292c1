#include "airlift/arduino/built_in_keys.hpp"

#include <algorithm>

#include "airlift/codec/base64.hpp"
#include "airlift/codec/text.hpp"

namespace airlift::arduino {
namespace {

constexpr std::string_view pem_begin{"-----BEGIN PUBLIC KEY-----"};
constexpr std::string_view pem_end{"-----END PUBLIC KEY-----"};
constexpr std::size_t ed25519_key_bytes{32};
// What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410 4).
constexpr std::array<std::uint8_t, 12> ed25519_spki{0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                                    0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};

Result<crypto::PublicKey> from_raw(Bytes raw) {
  std::array<std::uint8_t, ed25519_spki.size() + ed25519_key_bytes> der{};
  std::copy(raw.begin(), raw.end(), std::copy(ed25519_spki.begin(), ed25519_spki.end(), der.begin()));
  return crypto::PublicKey::from_der(der);
}

/// RFC 7468 3: Base64 in lines.
Result<crypto::PublicKey> from_pem(std::string_view text) {
  text = text.substr(text.find(pem_begin) + pem_begin.size());
  text = text.substr(0, text.find(pem_end));
  FixedString<(crypto::PublicKey::longest_der_bytes + 2) / 3 * 4> base64;
  while (!text.empty()) base64.append(codec::trimmed(codec::first_line(codec::take_until(text, '\n'))));
  std::array<std::uint8_t, crypto::PublicKey::longest_der_bytes> der{};
  const auto size = codec::decode_base64(base64, der);
  if (!size || base64.truncated()) return UpdateError::key_unreadable;
  return crypto::PublicKey::from_der(Bytes{der}.first(*size));
}

Result<crypto::PublicKey> parse(Bytes key) {
  if (key.size() == ed25519_key_bytes) return from_raw(key);
  if (as_text(key).find(pem_begin) != std::string_view::npos) return from_pem(as_text(key));
  return crypto::PublicKey::from_der(key);
}

}  // namespace

Status BuiltInKeys::add(Bytes key) {
  const Result<crypto::PublicKey> parsed = parse(key);
  if (!parsed.ok()) return parsed.error();
  if (count_ == keys_.size()) return UpdateError::no_space;
  keys_[count_++] = key;
  return {};
}

Status BuiltInKeys::load(std::string_view name, image::KeyRing& ring) {
  const auto place = codec::parse_number(name, image::KeyRing::capacity - 1);
  if (!place || *place >= count_) return UpdateError::key_unreadable;
  const Result<crypto::PublicKey> key = parse(keys_[*place]);
  if (!key.ok()) return key.error();
  return ring.add(key.value()) ? Status{} : Status{UpdateError::no_space};
}

}  // namespace airlift::arduino
