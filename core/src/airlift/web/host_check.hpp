#pragma once
// Whether a request is meant for this device. A name that an attacker's DNS leads here is not: that ends DNS
// rebinding.

#include <string_view>

namespace airlift::web {

/// The part of a `Host` or of an origin before the port; an IPv6 literal keeps its brackets. Empty: no such
/// thing.
[[nodiscard]] std::string_view host_name(std::string_view host);

/// An address literal (RFC 3986 3.2.2), or `localhost`.
[[nodiscard]] bool is_literal_or_local(std::string_view name);

/// `name`, or `name.local`, in any case, with or without a last dot.
[[nodiscard]] bool is_named(std::string_view host, std::string_view name);

}  // namespace airlift::web
