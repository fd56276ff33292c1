#include "airlift/element/address_text.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::element {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_ipv4_prefix{0, 0, 0, 0, 0,    0,
                                                          0, 0, 0, 0, 0xFF, 0xFF};  // RFC 4291 2.5.5.2

}  // namespace

FixedString<39> address_text(const port::IpAddress& address) {
  const auto& bytes = address.bytes;
  FixedString<39> text;
  if (std::equal(mapped_ipv4_prefix.begin(), mapped_ipv4_prefix.end(), bytes.begin())) {
    for (std::size_t i = 12; i < 16; ++i) text.append(i > 12 ? "." : "").append_number(bytes[i]);
    return text;
  }
  for (std::size_t i = 0; i < 16; i += 2) {
    const auto group = codec::to_hex(std::array<std::uint8_t, 2>{bytes[i], bytes[i + 1]});
    text.append(i > 0 ? ":" : "").append(codec::view(group));
  }
  return text;
}

}  // namespace airlift::element
