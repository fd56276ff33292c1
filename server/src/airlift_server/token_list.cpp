#include "airlift_server/token_list.hpp"

#include <fmt/format.h>

#include "airlift/codec/text.hpp"

namespace airlift::server {
namespace {

bool is_of(std::string_view line, std::string_view name) {
  std::string_view rest = codec::trimmed(line);
  return codec::take_until(rest, ' ') == name;
}

}  // namespace

std::optional<std::vector<Token>> parse_tokens(std::string_view text, std::size_t& wrong_line) {
  std::vector<Token> tokens;
  wrong_line = 0;
  while (!text.empty()) {
    ++wrong_line;
    std::string_view line = codec::take_until(text, '\n');
    line = codec::trimmed(codec::take_until(line, '#'));
    if (line.ends_with('\r')) line = codec::trimmed(line.substr(0, line.size() - 1));
    if (line.empty()) continue;
    const std::string_view name = codec::take_until(line, ' ');
    Token& token = tokens.emplace_back();
    token.name = name;
    if (name.empty() || !codec::from_hex(codec::trimmed(line), token.sha256)) return std::nullopt;
  }
  return tokens;
}

std::string with_token(std::string_view text, std::string_view name, const crypto::Sha256Digest& digest) {
  return without_token(text, name) + fmt::format("{} {}\n", name, codec::view(codec::to_hex(digest)));
}

std::string without_token(std::string_view text, std::string_view name) {
  std::string result;
  while (!text.empty()) {
    const std::string_view line = codec::take_until(text, '\n');
    if (!is_of(line, name)) result += fmt::format("{}\n", line);
  }
  return result;
}

}  // namespace airlift::server
