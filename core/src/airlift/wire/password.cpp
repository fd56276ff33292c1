#include "airlift/wire/password.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::wire {
namespace {

constexpr std::string_view auth_command{"200"};

FixedString<64> password_hash(std::string_view password, StoredHash stored) {
  if (stored == StoredHash::given) return password;
  if (stored == StoredHash::md5) return codec::view(codec::to_hex(crypto::md5(as_bytes(password))));
  return codec::view(codec::to_hex(crypto::sha256(as_bytes(password))));
}

FixedString<200> joined(std::string_view a, std::string_view b, std::string_view c) {
  FixedString<200> text;
  text.append(a).append(":").append(b).append(":").append(c);
  return text;
}

}  // namespace

bool is_auth_answer(Bytes datagram) {
  std::string_view line = codec::first_line(as_text(datagram));
  return codec::take_until(line, ' ') == auth_command;
}

Result<AuthAnswer> parse_auth_answer(Bytes datagram) {
  std::string_view line = codec::first_line(as_text(datagram));
  if (codec::take_until(line, ' ') != auth_command) return UpdateError::bad_invitation;
  const std::string_view cnonce = codec::take_until(line, ' ');
  const std::string_view response = line;
  const bool md5_sized = cnonce.size() == nonce_chars(PasswordScheme::md5);
  const bool sha256_sized = cnonce.size() == nonce_chars(PasswordScheme::sha256);
  if ((!md5_sized && !sha256_sized) || response.size() != cnonce.size() || !codec::is_hex(cnonce) ||
      !codec::is_hex(response)) {
    return UpdateError::bad_invitation;
  }
  return AuthAnswer{md5_sized ? PasswordScheme::md5 : PasswordScheme::sha256, Nonce{cnonce},
                    Response{response}};
}

AuthAnswerText format_auth_answer(const AuthAnswer& answer) {
  AuthAnswerText text{auth_command};
  text.append(" ").append(answer.cnonce).append(" ").append(answer.response).append("\n");
  return text;
}

PasswordProof::PasswordProof(std::string_view password, StoredHash stored, std::string_view nonce,
                             std::string_view cnonce, PasswordScheme scheme)
    : nonce_{nonce}, cnonce_{cnonce} {
  FixedString<64> hash = password_hash(password, stored);
  if (scheme == PasswordScheme::md5) {
    FixedString<200> text = joined(hash, nonce, cnonce);
    nonce_ = codec::view(codec::to_hex(crypto::md5(as_bytes(text))));
    text.wipe();
  } else {
    FixedString<129> salt{nonce};
    salt.append(":").append(cnonce);
    derivation_.emplace(as_bytes(hash), as_bytes(salt), pbkdf2_rounds);
  }
  hash.wipe();
}

void PasswordProof::step(std::uint32_t rounds) {
  if (derivation_) derivation_->step(rounds);
}

Response PasswordProof::response() const {
  if (!derivation_) return nonce_;
  const auto key = codec::to_hex(derivation_->key());
  return codec::view(codec::to_hex(crypto::sha256(as_bytes(joined(codec::view(key), nonce_, cnonce_)))));
}

}  // namespace airlift::wire
