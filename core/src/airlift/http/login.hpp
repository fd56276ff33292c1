#pragma once
// How a request says who it comes from.

#include <optional>
#include <string_view>

#include "airlift/base/fixed_string.hpp"

namespace airlift::http {

/// What `Basic` carries: user, colon, password.
using BasicText = FixedString<256>;

/// User, colon and password of an `Authorization: Basic ...` value (RFC 7617). Nothing: another scheme,
/// damaged, without a colon, or longer than BasicText.
[[nodiscard]] std::optional<BasicText> basic_login(std::string_view authorization);

/// The password of that.
[[nodiscard]] std::optional<BasicText> basic_password(std::string_view authorization);

/// The value of one cookie of a `Cookie` header (RFC 6265 4.2); empty: it is not there.
[[nodiscard]] std::string_view cookie_value(std::string_view cookies, std::string_view name);

}  // namespace airlift::http
