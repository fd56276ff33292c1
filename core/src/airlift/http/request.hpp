#pragma once
// A request as far as the device's page looks at it, and what others want to know beyond that.

#include <cstdint>
#include <optional>
#include <string_view>

namespace airlift::http {

enum class Method : std::uint8_t { get, head, post, put, remove, options, other };

/// Views of the reader's memory, good until it starts on the next request. Headers that are not there are
/// empty.
struct Request {
  Method method{Method::other};
  bool http_1_1{false};
  bool keep_alive{false};
  std::string_view target;  ///< path and query as sent
  std::string_view path;    ///< decoded; empty when it could lead somewhere else: nothing is found there
  std::string_view query;   ///< as sent, without the `?`
  std::string_view host;
  std::string_view authorization;
  std::string_view cookie;
  std::string_view csrf_token;
  std::string_view origin;
  std::string_view fetch_site;
  std::string_view user_agent;
  std::string_view content_type;
  std::string_view accept;
  std::string_view accept_encoding;
  std::string_view if_none_match;
  std::string_view expect;  ///< empty, or `100-continue`
  std::optional<std::uint64_t> content_length;
};

/// A header that Request does not have, for who looks at more. The reader fills in `value`, a view like
/// Request's. Standing there twice it is refused.
struct ExtraHeader {
  std::string_view name;  ///< at most longest_header_name characters
  std::string_view value;
};

}  // namespace airlift::http
