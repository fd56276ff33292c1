// For devices that speak the old upload protocol only: they see no extension's line, and so answer none.

#include "airlift/element/invitation_desk.hpp"

namespace airlift::element {

std::optional<wire::ExtensionRequest> InvitationDesk::extension_request(Bytes) const {
  return std::nullopt;
}

InvitationDesk::Verdict InvitationDesk::challenge_extension(const Request&, const wire::Invitation&,
                                                            Instant) {
  return {};
}

}  // namespace airlift::element
