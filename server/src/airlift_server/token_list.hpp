#pragma once
// The text of a file of tokens: a line `<name> <SHA-256 of its token, 64 hex digits>` for each device; `#`
// begins a comment. docs/design/update-server.md.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "airlift/crypto/hash.hpp"

namespace airlift::server {

/// A device's token, of which only the digest is known.
struct Token {
  std::string name;
  crypto::Sha256Digest sha256{};
};

/// Nothing, with `wrong_line` counted from 1: there is a line that is neither a token nor a comment nor
/// empty.
[[nodiscard]] std::optional<std::vector<Token>> parse_tokens(std::string_view text, std::size_t& wrong_line);

/// `text`, which can be parsed, with this line behind all others; one of the same name is replaced.
[[nodiscard]] std::string with_token(std::string_view text, std::string_view name,
                                     const crypto::Sha256Digest& digest);
[[nodiscard]] std::string without_token(std::string_view text, std::string_view name);

}  // namespace airlift::server
