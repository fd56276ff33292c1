#include "airlift/pull/web_address.hpp"

#include <http_parser.h>

#include "airlift/codec/text.hpp"

namespace airlift::pull {
namespace {

using codec::equal_ignoring_case;
using Scheme = WebAddress::Scheme;

std::string_view part_of(std::string_view text, const http_parser_url& url, http_parser_url_fields field) {
  if ((url.field_set & 1U << field) == 0) return {};
  return text.substr(url.field_data[field].off, url.field_data[field].len);
}

bool has(const http_parser_url& url, http_parser_url_fields field) {
  return (url.field_set & 1U << field) != 0;
}

/// What is not in the grammar of RFC 3986, and some programs take for something else.
bool is_ambiguous(std::string_view text) {
  return !codec::all_printable(text) || text.find_first_of(" \\\"<>^`{|}") != std::string_view::npos;
}

}  // namespace

std::optional<WebAddress> parse_web_address(std::string_view text) {
  http_parser_url url{};
  if (is_ambiguous(text) || http_parser_parse_url(text.data(), text.size(), 0, &url) != 0)
    return std::nullopt;
  const std::string_view scheme = part_of(text, url, UF_SCHEMA);
  const bool https = equal_ignoring_case(scheme, "https");
  if (!https && !equal_ignoring_case(scheme, "http")) return std::nullopt;
  if (has(url, UF_USERINFO) || has(url, UF_FRAGMENT) || text.find('#') != std::string_view::npos)
    return std::nullopt;
  WebAddress address;
  address.scheme = https ? Scheme::https : Scheme::http;
  address.host = part_of(text, url, UF_HOST);
  address.port = https ? 443 : 80;
  if (has(url, UF_PORT)) address.port = url.port;
  if (address.host.empty() || address.port == 0) return std::nullopt;
  if (has(url, UF_PATH)) address.path = text.substr(url.field_data[UF_PATH].off);
  if (!has(url, UF_PATH) && has(url, UF_QUERY)) address.path = text.substr(url.field_data[UF_QUERY].off - 1U);
  if (address.path == "/") address.path = {};
  return address;
}

bool same_host(const WebAddress& a, const WebAddress& b) {
  return equal_ignoring_case(a.host, b.host);
}

bool same_origin(const WebAddress& a, const WebAddress& b) {
  return a.scheme == b.scheme && a.port == b.port && same_host(a, b);
}

bool may_follow(Redirects redirects, const WebAddress& from, const WebAddress& to) {
  if (from.scheme == Scheme::https && to.scheme == Scheme::http) return false;
  switch (redirects) {
    case Redirects::off:
      return false;
    case Redirects::same_host:
      return same_host(from, to);
    case Redirects::any:
      break;
  }
  return true;
}

}  // namespace airlift::pull
