#pragma once
// The date that servers write: IMF-fixdate, RFC 9110 5.6.7. Its two obsolete forms are not read: nobody has
// sent them for decades.

#include <cstdint>
#include <optional>
#include <string_view>

namespace airlift::http {

/// `Sun, 06 Nov 1994 08:49:37 GMT` as Unix seconds. Nothing: anything else, or before 1970.
[[nodiscard]] std::optional<std::uint64_t> parse_http_date(std::string_view text);

}  // namespace airlift::http
