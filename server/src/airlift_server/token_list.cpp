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

bool has_token(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    if (is_of(codec::take_until(text, '\n'), name)) return true;
  }
  return false;
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
