// What the desk answers to Airlift's extension, apart for devices that do without.

#include "airlift/element/invitation_desk.hpp"

namespace airlift::element {

using Verdict = InvitationDesk::Verdict;
using Protocol = Challenge::Protocol;

std::optional<wire::ExtensionRequest> InvitationDesk::extension_request(Bytes datagram) const {
  if (policy_.extension == AccessSettings::Use::off) return std::nullopt;
  return wire::find_extension_request(datagram);
}

Verdict InvitationDesk::challenge_extension(const Request& request, const wire::Invitation& invitation,
                                            Instant now) {
  const crypto::Sha256Digest request_sha256 = crypto::sha256(request.datagram);
  const Challenge* open = challenges_.find(request.from, Protocol::extension, now);
  const bool again = open != nullptr && open->request_sha256 == request_sha256;
  Challenge made;
  if (again) made = *open;
  if (!again) {
    const Status filled = entropy_.fill(made.device_nonce);
    if (!filled.ok()) return refusal(filled.error(), request.from);
  }
  wire::ExtensionAnswer answer = policy_.extension_answer;
  answer.nonce = made.device_nonce;
  Verdict verdict;
  verdict.reply = wire::format_extension_answer(answer);
  verdict.reply_to = request.from;
  verdict.extension = true;
  if (request.line.host_port != 0) {
    verdict.host = port::Endpoint{request.from.address, request.line.host_port, request.from.scope};
  }
  if (again) return verdict;
  made.protocol = Protocol::extension;
  made.uploader = request.from;
  made.issued_at = now;
  made.invitation = invitation;
  made.purpose = request.line.purpose;
  made.request_sha256 = request_sha256;
  made.answer_sha256 = crypto::sha256(as_bytes(verdict.reply));
  challenges_.open(made);
  return verdict;
}

}  // namespace airlift::element
