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
      {"passwd", &AccessSettings::set_password},
      {"auth", &AccessSettings::set_scheme},
      {"extension", &AccessSettings::set_extension},
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
  return SetResult::ok;
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
