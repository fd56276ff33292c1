#pragma once
// Passwords and tokens in the text of a configuration file: hidden when it is shown, kept when it comes back
// hidden.

#include <optional>
#include <string>
#include <string_view>

namespace airlift::device {

/// The text with the value of each `passwd`, of the update element's `auth`, and of its `proxy` when that has
/// a user in it, hidden, everything else as it was. `text` can be parsed without
/// an error (config_reader.hpp), here and below.
[[nodiscard]] std::string hide_secrets(std::string_view text);

/// The text with each hidden secret replaced by the one that the same element has in `before`. Nothing when
/// it has none there.
[[nodiscard]] std::optional<std::string> restore_secrets(std::string_view text, std::string_view before);

}  // namespace airlift::device
