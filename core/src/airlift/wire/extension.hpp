#pragma once
// The datagrams of Airlift's extension: the uploader's line behind an invitation, and the device's answer.
// docs/design/upload-protocol.md, "Airlift's extension".

#include <array>
#include <optional>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/wire/codes.hpp"

namespace airlift::wire {

using ClientNonce = std::array<std::uint8_t, 16>;
using DeviceNonce = std::array<std::uint8_t, 32>;
using Salt = std::array<std::uint8_t, 16>;

/// `AIRLIFT 1 <purpose> <port> <cnonce>\n`
struct ExtensionRequest {
  enum class Purpose : std::uint8_t { upload, status };
  Purpose purpose{Purpose::upload};
  std::uint16_t host_port{0};  ///< where the device is to connect to; 0: the uploader connects
  ClientNonce cnonce{};
  friend bool operator==(const ExtensionRequest& a, const ExtensionRequest& b) {
    return a.purpose == b.purpose && a.host_port == b.host_port && a.cnonce == b.cnonce;
  }
};

using ExtensionRequestText = FixedString<80>;
[[nodiscard]] ExtensionRequestText format_extension_request(const ExtensionRequest& request);

/// Finds the line: behind the first `\n` (then it asks for an upload; whether an invitation stands in front
/// of it is parse_invitation()'s to say), or at the datagram's start (then for the status). What follows the
/// line's own `\n` is not read. Nothing: not there, of another version, damaged, or asking for the other
/// purpose: the datagram is to be taken as an old uploader's.
[[nodiscard]] std::optional<ExtensionRequest> find_extension_request(Bytes datagram);

/// `AIRLIFT 1 <port> <features> <salt> <nonce>`
struct ExtensionAnswer {
  std::uint16_t port{0};  ///< where the device listens; 0: it does not
  bool password{false};   ///< one is set
  bool gzip{false};       ///< takes compressed transfers
  bool tls{false};        ///< can encrypt
  bool tls_required{false};
  Salt salt{};
  DeviceNonce nonce{};
};

using ExtensionAnswerText = FixedString<longest_reply_bytes>;
[[nodiscard]] ExtensionAnswerText format_extension_answer(const ExtensionAnswer& answer);
/// Unknown feature letters are passed over. Nothing: not such an answer.
[[nodiscard]] std::optional<ExtensionAnswer> parse_extension_answer(Bytes datagram);

}  // namespace airlift::wire
