#pragma once
// Numbers and bytes as text, and lines cut at single blanks.

#include <array>
#include <optional>
#include <string_view>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"

namespace airlift::codec {

/// Lower-case hex of `N` bytes.
template <std::size_t N>
[[nodiscard]] std::array<char, 2 * N> to_hex(const std::array<std::uint8_t, N>& bytes) {
  constexpr std::string_view digits{"0123456789abcdef"};
  std::array<char, 2 * N> text{};
  for (std::size_t i = 0; i < N; ++i) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  return text;
}

template <std::size_t N>
[[nodiscard]] constexpr std::string_view view(const std::array<char, N>& text) {
  return {text.data(), N};
}

/// Hex digits of either case, or nothing.
[[nodiscard]] bool is_hex(std::string_view text);

/// Fills `into` from hex of either case. False when `text` is anything but exactly 2 * into.size() hex
/// digits.
[[nodiscard]] bool from_hex(std::string_view text, MutableBytes into);

/// A decimal number without sign, blanks; nothing for anything else.
[[nodiscard]] std::optional<std::uint64_t> parse_long_number(std::string_view text);
/// The same; nothing also above `most`.
[[nodiscard]] std::optional<std::uint32_t> parse_number(std::string_view text,
                                                        std::uint32_t most = 0xFFFFFFFF);

/// Cuts off and returns what stands before the first `separator`; all of it when there is none.
[[nodiscard]] std::string_view take_until(std::string_view& text, char separator);

/// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// What stands before the first line end (`\n` or `\r\n`); all of it when there is none.
[[nodiscard]] std::string_view first_line(std::string_view text);

/// Shown by a terminal, never obeyed: ASCII from the blank to `~`.
[[nodiscard]] constexpr bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}
[[nodiscard]] bool all_printable(std::string_view text);

/// `text` with a `?` for each character that is not printable, cut to what fits.
template <std::size_t Capacity>
[[nodiscard]] FixedString<Capacity> printable(std::string_view text) {
  FixedString<Capacity> result;
  for (const char c : text) result.append(std::string_view{is_printable(c) ? &c : "?", 1});
  return result;
}

/// ASCII only: case-insensitive comparison.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace airlift::codec
