#pragma once
// What the standard streams are connected to, and what is said there.

#include <string>
#include <string_view>

namespace airlift::cli {

[[nodiscard]] bool is_terminal(int fd);
/// Width in characters; 80 when unknown.
[[nodiscard]] int columns_of(int fd);

/// Height in lines; 24 when unknown.
[[nodiscard]] int lines_of(int fd);

enum class Colour { red, green, yellow, grey };
/// `text` in `colour` when `fd` is a terminal that takes colours and the user wants them
/// (https://no-color.org).
[[nodiscard]] std::string coloured(std::string_view text, Colour colour, int fd);

/// On standard error.
void print_warning(std::string_view text);

}  // namespace airlift::cli
