#pragma once
// Base64 (RFC 4648 4) in one go. The crypto libraries' decoders want a heap or take line ends.

#include <optional>
#include <string_view>

#include "airlift/base/span.hpp"

namespace airlift::codec {

/// Decodes `text`, with or without padding, into `into`. How many bytes it gave; nothing: it is none, or
/// longer than `into`.
[[nodiscard]] std::optional<std::size_t> decode_base64(std::string_view text, MutableBytes into);

}  // namespace airlift::codec
