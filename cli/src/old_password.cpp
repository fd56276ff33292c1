#include "old_password.hpp"

#include <optional>

#include "airlift/codec/text.hpp"

namespace airlift::cli {
namespace {

template <std::size_t Size>
std::optional<wire::Nonce> random_hex(port::Entropy& entropy) {
  std::array<std::uint8_t, Size> bytes{};
  if (!entropy.fill(bytes).ok()) return std::nullopt;
  return wire::Nonce{codec::view(codec::to_hex(bytes))};
}

// The duration of a PBKDF2 on this machine is a few milliseconds: it is done at once.
std::string make_answer(std::string_view password, wire::StoredHash hash, std::string_view nonce,
                        const wire::Nonce& cnonce, wire::PasswordScheme scheme) {
  wire::PasswordProof proof{password, hash, nonce, cnonce, scheme};
  proof.step(wire::pbkdf2_rounds);
  return std::string{wire::format_auth_answer({scheme, cnonce, proof.response()}).view()};
}

}  // namespace

OldPassword::OldPassword(std::string password, wire::StoredHash first_hash, port::Entropy& entropy)
    : password_{std::move(password)}, entropy_{entropy}, hash_{first_hash} {}

Status OldPassword::take_challenge(std::string_view nonce) {
  const bool md5 = nonce.size() == nonce_chars(wire::PasswordScheme::md5);
  const auto cnonce = md5 ? random_hex<16>(entropy_) : random_hex<32>(entropy_);
  if (!cnonce) return UpdateError::no_entropy;
  scheme_ = md5 ? wire::PasswordScheme::md5 : wire::PasswordScheme::sha256;
  nonce_ = nonce;
  answer_ = make_answer(password_, md5 ? wire::StoredHash::md5 : hash_, nonce, *cnonce, scheme_);
  return {};
}

bool OldPassword::try_other_hash() {
  if (scheme_ != wire::PasswordScheme::sha256 || hash_ != wire::StoredHash::sha256) return false;
  hash_ = wire::StoredHash::md5;
  tries_other_ = true;
  return true;
}

}  // namespace airlift::cli
