#pragma once
// Which values of a configuration file nobody gets to see, and where they stand in its text.

#include <string_view>

namespace airlift::element {

/// What stands for a secret that is not shown.
inline constexpr std::string_view hidden_secret{"********"};

/// Each `passwd`, the update element's `auth`, and its `proxy` when that has a user in it. `value` is without
/// quotes.
[[nodiscard]] bool is_secret(std::string_view type, std::string_view property, std::string_view value);

/// Where the JSON value at `at` ends: behind the closing quote, or before what follows a number or a word.
/// `text` is valid JSON.
[[nodiscard]] std::size_t end_of_json_value(std::string_view text, std::size_t at);

}  // namespace airlift::element
