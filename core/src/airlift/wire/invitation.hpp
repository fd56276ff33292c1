#pragma once
// The invitation: `<command> <host tcp port> <size in bytes> <md5 of the file>\n`, one UDP datagram.

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"
#include "airlift/crypto/hash.hpp"
#include "airlift/wire/codes.hpp"

namespace airlift::wire {

struct Invitation {
  Command command{Command::firmware};  ///< firmware or filesystem
  std::uint16_t host_port{0};          ///< where the uploader listens; not 0
  std::uint32_t size_bytes{0};         ///< of the file as sent; not 0
  crypto::Md5Digest md5{};             ///< of the file as sent
  friend bool operator==(const Invitation& a, const Invitation& b) {
    return a.command == b.command && a.host_port == b.host_port && a.size_bytes == b.size_bytes &&
           a.md5 == b.md5;
  }
};

/// Reads the first line of `datagram`; whatever follows its `\n` is another protocol's business.
/// Outcomes: the invitation; unknown_command: a number that is no upload; bad_invitation: anything else.
[[nodiscard]] Result<Invitation> parse_invitation(Bytes datagram);

using InvitationText = FixedString<64>;
[[nodiscard]] InvitationText format_invitation(const Invitation& invitation);

}  // namespace airlift::wire
