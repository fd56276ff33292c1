#include "airlift/element/secret_setting.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::element {

bool is_secret(std::string_view type, std::string_view property, std::string_view value) {
  if (codec::equal_ignoring_case(property, "passwd") || codec::equal_ignoring_case(property, "passwdhash"))
    return true;
  if (!codec::equal_ignoring_case(type, "update")) return false;
  if (codec::equal_ignoring_case(property, "auth")) return true;
  const bool has_user = value.find('@') != std::string_view::npos || value == hidden_secret;
  return codec::equal_ignoring_case(property, "proxy") && has_user;
}

std::size_t end_of_json_value(std::string_view text, std::size_t at) {
  if (text[at] != '"') return std::min(text.find_first_of(",} \t\r\n", at), text.size());
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

}  // namespace airlift::element
