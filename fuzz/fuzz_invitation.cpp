// The first datagram of a stranger: airlift/wire/invitation.hpp.

#include <string>

#include "airlift/codec/text.hpp"
#include "airlift/wire/invitation.hpp"
#include "airlift/wire/password.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace wire = airlift::wire;

namespace {

void require_same(const airlift::Result<wire::Invitation>& a, const airlift::Result<wire::Invitation>& b,
                  const char* what) {
  require(a.error() == b.error() && (!a.ok() || a.value() == b.value()), what);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const airlift::Bytes datagram{data, size};
  const auto result = wire::parse_invitation(datagram);

  std::string_view text = airlift::as_text(datagram);
  const std::string first_line{airlift::codec::take_until(text, '\n')};
  require_same(result, wire::parse_invitation(airlift::as_bytes(first_line)), "only the first line counts");
  require_same(result, wire::parse_invitation(airlift::as_bytes(first_line + "\n100 1 1 x")),
               "a second line is invisible");

  if (!result.ok()) {
    require(result.error() == airlift::UpdateError::bad_invitation ||
                result.error() == airlift::UpdateError::unknown_command,
            "refused with one of the two errors");
    return 0;
  }
  const wire::Invitation& invitation = result.value();
  require(invitation.command == wire::Command::firmware || invitation.command == wire::Command::filesystem,
          "a command that is an upload");
  require(invitation.host_port != 0 && invitation.size_bytes != 0, "port and size are not 0");
  require(!wire::is_auth_answer(datagram), "an invitation is no answer to a challenge");

  const wire::InvitationText written = wire::format_invitation(invitation);
  require(!written.truncated() && written.size() <= first_line.size() + 1,
          "written no longer than it was read");
  require_same(result, wire::parse_invitation(airlift::as_bytes(written)), "what is written reads the same");
  return 0;
}
