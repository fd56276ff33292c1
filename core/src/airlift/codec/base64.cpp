#include "airlift/codec/base64.hpp"

namespace airlift::codec {
namespace {

int sextet(char c) {
  constexpr std::string_view alphabet{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
  const std::size_t at = alphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::optional<std::size_t> decode_base64(std::string_view text, MutableBytes into) {
  for (int padding = 0; padding < 2 && !text.empty() && text.back() == '='; ++padding) text.remove_suffix(1);
  unsigned bits{0};
  int count{0};
  std::size_t size{0};
  for (const char c : text) {
    const int value = sextet(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    if (size == into.size()) return std::nullopt;
    into[size++] = static_cast<std::uint8_t>(bits >> count & 0xFF);
  }
  if (count == 6) return std::nullopt;
  return size;
}

}  // namespace airlift::codec
