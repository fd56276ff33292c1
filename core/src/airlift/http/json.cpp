#include "airlift/http/json.hpp"

#include <algorithm>

namespace airlift::http {
namespace {

bool continues(char c) {
  return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80;
}

/// How many bytes the character at the start of `text` has; 0: it is not UTF-8 (RFC 3629 4).
std::size_t utf8_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const std::size_t size = byte(0) >= 0xC2 && byte(0) < 0xE0   ? 2
                           : byte(0) >= 0xE0 && byte(0) < 0xF0 ? 3
                           : byte(0) >= 0xF0 && byte(0) < 0xF5 ? 4
                                                               : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues(text[i])) return 0;
  }
  const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
  const bool beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : size;
}

/// What an ASCII character is written as.
std::string_view escaped(std::string_view c) {
  switch (c.front()) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    default:
      return c.front() < ' ' || c.front() == 0x7F ? "?" : c;
  }
}

}  // namespace

void append_json_string(TextWriter& into, std::string_view text) {
  into.append("\"");
  while (!text.empty()) {
    const std::size_t size = utf8_bytes(text);
    const std::string_view c = text.substr(0, std::max<std::size_t>(size, 1));
    into.append(size == 0 ? "?" : size == 1 ? escaped(c) : c);
    text.remove_prefix(c.size());
  }
  into.append("\"");
}

void append_json_field(TextWriter& into, bool first, std::string_view name, std::string_view value) {
  if (!first) into.append(",");
  append_json_string(into, name);
  into.append(":");
  append_json_string(into, value);
}

}  // namespace airlift::http
