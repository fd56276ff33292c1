#pragma once
// What a device answers by datagram, as the uploader reads it and the device writes it.

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/base/update_error.hpp"
#include "airlift/wire/codes.hpp"

namespace airlift::wire {

using ReplyText = FixedString<longest_reply_bytes>;

struct Reply {
  enum class Kind : std::uint8_t {
    accepted,        ///< `OK`
    challenge,       ///< `AUTH <nonce>`; text: the nonce, 32 or 64 hex digits
    wrong_password,  ///< `Authentication Failed`
    refused,         ///< `ERR: <text>`; text: the device's words
    unknown,         ///< anything else; text: its printable start
  };
  Kind kind{Kind::unknown};
  ReplyText text;
};

/// Takes any bytes.
[[nodiscard]] Reply parse_reply(Bytes datagram);

[[nodiscard]] ReplyText format_challenge(std::string_view nonce);
/// `ERR: <text of error>` and, when given, `: <detail>`; a wrong password gets the words real devices use.
[[nodiscard]] ReplyText format_refusal(UpdateError error, std::string_view detail = {});

}  // namespace airlift::wire
