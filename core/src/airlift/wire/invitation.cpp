#include "airlift/wire/invitation.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::wire {

Result<Invitation> parse_invitation(Bytes datagram) {
  std::string_view line = codec::first_line(as_text(datagram));

  const auto command = codec::parse_number(codec::take_until(line, ' '), 0xFFFF);
  const auto host_port = codec::parse_number(codec::take_until(line, ' '), 0xFFFF);
  const auto size_bytes = codec::parse_number(codec::take_until(line, ' '));
  if (!command) return UpdateError::bad_invitation;
  if (*command != static_cast<std::uint32_t>(Command::firmware) &&
      *command != static_cast<std::uint32_t>(Command::filesystem)) {
    return UpdateError::unknown_command;
  }
  Invitation invitation;
  if (!host_port || *host_port == 0 || !size_bytes || *size_bytes == 0 ||
      !codec::from_hex(line, invitation.md5)) {
    return UpdateError::bad_invitation;
  }
  invitation.command = static_cast<Command>(*command);
  invitation.host_port = static_cast<std::uint16_t>(*host_port);
  invitation.size_bytes = *size_bytes;
  return invitation;
}

InvitationText format_invitation(const Invitation& invitation) {
  InvitationText text;
  text.append_number(static_cast<std::uint16_t>(invitation.command)).append(" ");
  text.append_number(invitation.host_port).append(" ");
  text.append_number(invitation.size_bytes).append(" ");
  text.append(codec::view(codec::to_hex(invitation.md5))).append("\n");
  return text;
}

}  // namespace airlift::wire
