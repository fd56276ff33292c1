#include "airlift/element/access_settings.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::element {
namespace {

using codec::equal_ignoring_case;
using Use = AccessSettings::Use;

SetResult set_use(Use& into, std::string_view value) {
  into = equal_ignoring_case(value, "on")    ? Use::on
         : equal_ignoring_case(value, "off") ? Use::off
                                             : Use::required;
  return into != Use::required || equal_ignoring_case(value, "required") ? SetResult::ok
                                                                         : SetResult::bad_value;
}

}  // namespace

SetResult AccessSettings::set(std::string_view property, std::string_view value) {
  struct Row {
    std::string_view property;
    SetResult (AccessSettings::*set)(std::string_view);
  };
  constexpr Row table[]{
      {"passwd", &AccessSettings::set_password},       {"passwdhash", &AccessSettings::set_password_hash},
      {"auth", &AccessSettings::set_scheme},           {"extension", &AccessSettings::set_extension},
      {"encryption", &AccessSettings::set_encryption},
  };
  for (const Row& row : table) {
    if (equal_ignoring_case(property, row.property)) return (this->*row.set)(value);
  }
  return SetResult::unknown_property;
}

SetResult AccessSettings::set_password(std::string_view value) {
  if (value.size() > password_.capacity()) return SetResult::bad_value;
  password_ = value;
  kept_ = Kept::password;
  return SetResult::ok;
}

/// MD5, or SHA-256 for the SHA-256 scheme, as ArduinoOTA's setPasswordHash().
SetResult AccessSettings::set_password_hash(std::string_view value) {
  std::array<std::uint8_t, 32> hash{};
  const std::size_t size = value.size() / 2;
  const bool known_size = size == 16 || size == 32;
  const bool right = known_size && codec::from_hex(value, MutableBytes{hash}.first(size));
  kept_ = Kept::hash;
  if (right) {
    password_.clear();
    for (const std::uint8_t byte : Bytes{hash}.first(size)) {
      password_.append(codec::view(codec::to_hex(std::array<std::uint8_t, 1>{byte})));
    }
    return SetResult::ok;
  }
  // No hash is like it: nobody gets in.
  password_ = std::string_view{"unreadable"};
  return SetResult::bad_value;
}

AccessSettings::Use AccessSettings::extension() const {
  if (encryption_ == Use::required) return Use::required;
  return kept_ == Kept::hash && extension_ == Use::on ? Use::off : extension_;
}

SetResult AccessSettings::set_scheme(std::string_view value) {
  const bool md5 = equal_ignoring_case(value, "md5");
  if (!md5 && !equal_ignoring_case(value, "sha256")) return SetResult::bad_value;
  scheme_ = md5 ? wire::PasswordScheme::md5 : wire::PasswordScheme::sha256;
  return SetResult::ok;
}

SetResult AccessSettings::set_extension(std::string_view value) {
  return set_use(extension_, value);
}

SetResult AccessSettings::set_encryption(std::string_view value) {
  return set_use(encryption_, value);
}

}  // namespace airlift::element
