#include "airlift/http/url.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::http {

std::optional<std::size_t> decode_url(std::string_view text, Plus plus, Span<char> into) {
  std::size_t size{0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::is_blank) c = ' ';
    if (c == '%') {
      std::array<std::uint8_t, 1> byte{};
      if (!codec::from_hex(text.substr(i + 1, 2), byte)) return std::nullopt;
      c = static_cast<char>(byte[0]);
      i += 2;
    }
    if (size == into.size()) return std::nullopt;
    into[size++] = c;
  }
  return size;
}

FormField take_field(std::string_view& form) {
  std::string_view value = codec::take_until(form, '&');
  const std::string_view name = codec::take_until(value, '=');
  return {name, value};
}

}  // namespace airlift::http
