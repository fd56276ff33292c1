#pragma once
// Texts as they travel in request targets and forms: RFC 3986 2.1, and the URL standard's
// application/x-www-form-urlencoded.

#include <optional>
#include <string_view>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"

namespace airlift::http {

enum class Plus : std::uint8_t {
  is_plus,   ///< in paths
  is_blank,  ///< in forms and queries
};

/// Decodes each `%xx` once into `into`, which may be where `text` stands. Returns how long the result is;
/// nothing: a `%` without two hex digits, or more than `into` takes.
[[nodiscard]] std::optional<std::size_t> decode_url(std::string_view text, Plus plus, Span<char> into);

/// One field of a form, still encoded.
struct FormField {
  std::string_view name;
  std::string_view value;
};
/// Cuts off and returns the first field.
[[nodiscard]] FormField take_field(std::string_view& form);

/// The decoded value of the form's first field with this name; nothing: there is none, or it cannot be
/// decoded, or is longer than `Capacity`.
template <std::size_t Capacity>
[[nodiscard]] std::optional<FixedString<Capacity>> form_value(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const FormField field = take_field(form);
    if (field.name != name) continue;
    std::array<char, Capacity> text{};
    const auto size = decode_url(field.value, Plus::is_blank, Span<char>{text});
    if (!size) return std::nullopt;
    return FixedString<Capacity>{std::string_view{text.data(), *size}};
  }
  return std::nullopt;
}

}  // namespace airlift::http
