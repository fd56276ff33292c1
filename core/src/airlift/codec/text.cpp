#include "airlift/codec/text.hpp"

#include <charconv>

namespace airlift::codec {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

bool is_hex(std::string_view text) {
  for (const char c : text) {
    if (nibble(c) < 0) return false;
  }
  return true;
}

bool from_hex(std::string_view text, MutableBytes into) {
  if (text.size() != 2 * into.size()) return false;
  for (std::size_t i = 0; i < into.size(); ++i) {
    const int high = nibble(text[2 * i]);
    const int low = nibble(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    into[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::optional<std::uint64_t> parse_long_number(std::string_view text) {
  std::uint64_t value{0};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t most) {
  const auto value = parse_long_number(text);
  if (!value || *value > most) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::string_view take_until(std::string_view& text, char separator) {
  std::size_t at{0};
  while (at < text.size() && text[at] != separator) ++at;
  const std::string_view head{text.data(), at};
  text.remove_prefix(at < text.size() ? at + 1 : at);
  return head;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks{" \t"};
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) + 1 - from);
}

std::string_view first_line(std::string_view text) {
  std::string_view line = take_until(text, '\n');
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool all_printable(std::string_view text) {
  for (const char c : text) {
    if (!is_printable(c)) return false;
  }
  return true;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace airlift::codec
