#include "airlift/wire/session_key.hpp"

#include <algorithm>

#include "airlift/wire/codes.hpp"

namespace airlift::wire {
namespace {

/// Keeps the key apart from every other use of the same password.
constexpr std::string_view salt_prefix{"airlift 1"};
constexpr std::string_view session_label{"session"};
constexpr std::string_view tls_label{"tls"};

crypto::Pbkdf2Sha256 derivation(std::string_view password, const Salt& salt) {
  std::array<std::uint8_t, salt_prefix.size() + std::tuple_size_v<Salt>> whole{};
  std::copy(salt.begin(), salt.end(), std::copy(salt_prefix.begin(), salt_prefix.end(), whole.begin()));
  return {as_bytes(password), whole, pbkdf2_rounds};
}

}  // namespace

PasswordKey::PasswordKey(std::string_view password, const Salt& salt)
    : derivation_{derivation(password, salt)} {}

Key tls_key(const Key& password_key) {
  return crypto::HmacSha256{password_key}.update(as_bytes(tls_label)).finish();
}

Key session_key(const Key& password_key, const crypto::Sha256Digest& request,
                const crypto::Sha256Digest& answer) {
  crypto::HmacSha256 hmac{password_key};
  return hmac.update(as_bytes(session_label)).update(request).update(answer).finish();
}

Mac frame_mac(const Key& session_key, std::uint8_t type, Bytes payload_without_mac) {
  return crypto::HmacSha256{session_key}.update({&type, 1}).update(payload_without_mac).finish();
}

}  // namespace airlift::wire
