#pragma once
// The text of a file of tokens: a line `<name> <SHA-256 of its token, 64 hex digits>` for each device; other
// lines (empty ones, comments) mean nothing and stay. docs/design/update-server.md.

#include <string>
#include <string_view>

#include "airlift/crypto/hash.hpp"

namespace airlift::server {

[[nodiscard]] bool has_token(std::string_view text, std::string_view name);

/// `text` with this line behind all others; one of the same name is replaced.
[[nodiscard]] std::string with_token(std::string_view text, std::string_view name,
                                     const crypto::Sha256Digest& digest);
[[nodiscard]] std::string without_token(std::string_view text, std::string_view name);

}  // namespace airlift::server
