#include "airlift/http/login.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::http {
namespace {

int sextet(char c) {
  constexpr std::string_view alphabet{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
  const std::size_t at = alphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// RFC 4648 4, with or without padding. The crypto libraries' decoders want a heap or take line ends.
bool decode_base64(std::string_view text, BasicText& into) {
  for (int padding = 0; padding < 2 && !text.empty() && text.back() == '='; ++padding) text.remove_suffix(1);
  unsigned bits{0};
  int count{0};
  for (const char c : text) {
    const int value = sextet(c);
    if (value < 0) return false;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const char byte = static_cast<char>(bits >> count & 0xFF);
    into.append({&byte, 1});
  }
  return count != 6 && !into.truncated();
}

}  // namespace

std::optional<BasicText> basic_login(std::string_view authorization) {
  const std::string_view scheme = codec::take_until(authorization, ' ');
  BasicText decoded;
  if (!codec::equal_ignoring_case(scheme, "Basic") ||
      !decode_base64(codec::trimmed(authorization), decoded) ||
      decoded.view().find(':') == std::string_view::npos) {
    return std::nullopt;
  }
  return decoded;
}

std::optional<BasicText> basic_password(std::string_view authorization) {
  const std::optional<BasicText> login = basic_login(authorization);
  if (!login) return std::nullopt;
  return BasicText{login->view().substr(login->view().find(':') + 1)};
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    std::string_view value = codec::trimmed(codec::take_until(cookies, ';'));
    if (codec::take_until(value, '=') == name) return value;
  }
  return {};
}

}  // namespace airlift::http
