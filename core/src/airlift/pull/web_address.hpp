#pragma once
// The addresses that are asked: http and https only, without a login, and none that two programs could read
// in different ways.

#include <cstdint>
#include <optional>
#include <string_view>

namespace airlift::pull {

/// Views of the text it was read from.
struct WebAddress {
  enum class Scheme : std::uint8_t { http, https };
  Scheme scheme{Scheme::http};
  std::string_view host;  ///< an IPv6 address without its brackets
  std::uint16_t port{80};
  std::string_view path;  ///< empty: none is given, or only the root; with its query
};

/// Nothing: not an address of this kind; with user or password; with blanks, backslashes, a fragment, or
/// what is not printable ASCII.
[[nodiscard]] std::optional<WebAddress> parse_web_address(std::string_view text);

/// RFC 6454 4: scheme, host and port.
[[nodiscard]] bool same_origin(const WebAddress& a, const WebAddress& b);
[[nodiscard]] bool same_host(const WebAddress& a, const WebAddress& b);

/// Which redirects are followed.
enum class Redirects : std::uint8_t {
  off,
  same_host,  ///< also from http to https
  any,
};
inline constexpr int most_redirects{5};

/// Whether the server at `from` may send us to `to`. Never from https to http, whatever is configured.
[[nodiscard]] bool may_follow(Redirects redirects, const WebAddress& from, const WebAddress& to);

}  // namespace airlift::pull
