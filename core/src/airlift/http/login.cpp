#include "airlift/http/login.hpp"

#include "airlift/codec/base64.hpp"
#include "airlift/codec/text.hpp"

namespace airlift::http {
namespace {

/// Nothing also for one that is too long.
std::optional<BasicText> decoded_text(std::string_view base64) {
  std::array<std::uint8_t, BasicText::capacity()> bytes{};
  const std::optional<std::size_t> size = codec::decode_base64(base64, bytes);
  if (!size) return std::nullopt;
  return BasicText{as_text(Bytes{bytes}.first(*size))};
}

}  // namespace

std::optional<BasicText> basic_login(std::string_view authorization) {
  const std::string_view scheme = codec::take_until(authorization, ' ');
  if (!codec::equal_ignoring_case(scheme, "Basic")) return std::nullopt;
  const std::optional<BasicText> decoded = decoded_text(codec::trimmed(authorization));
  if (!decoded || decoded->view().find(':') == std::string_view::npos) return std::nullopt;
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
