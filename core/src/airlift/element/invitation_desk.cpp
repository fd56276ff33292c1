#include "airlift/element/invitation_desk.hpp"

#include "airlift/codec/text.hpp"
#include "airlift/element/refusal_detail.hpp"

namespace airlift::element {
namespace {

using Verdict = InvitationDesk::Verdict;
using Protocol = Challenge::Protocol;
using Use = AccessSettings::Use;

wire::Nonce old_nonce(const Challenge& challenge, wire::PasswordScheme scheme) {
  const auto hex = codec::to_hex(challenge.device_nonce);
  return codec::view(hex).substr(0, wire::nonce_chars(scheme));
}

bool starts_with_digit(Bytes datagram) {
  return !datagram.empty() && datagram[0] >= '0' && datagram[0] <= '9';
}

}  // namespace

Verdict InvitationDesk::refusal(UpdateError error, const port::Endpoint& to, std::string_view detail) {
  Verdict verdict;
  verdict.reply = wire::format_refusal(error, detail);
  verdict.refusal = error;
  verdict.reply_to = to;
  return verdict;
}

Verdict InvitationDesk::handle(Bytes datagram, const port::Endpoint& from, const Situation& situation,
                               Instant now) {
  assert(!checking());
  if (!starts_with_digit(datagram)) {
    const auto line = extension_request(datagram);
    return line ? handle_status_request({*line, datagram, from}, situation, now) : Verdict{};
  }
  if (!wire::is_auth_answer(datagram)) return handle_invitation(datagram, from, situation, now);
  if (situation.safe_mode) return refusal(UpdateError::safe_mode, from);
  return handle_auth_answer(datagram, from, now);
}

Verdict InvitationDesk::handle_invitation(Bytes datagram, const port::Endpoint& from,
                                          const Situation& situation, Instant now) {
  const Result<wire::Invitation> parsed = wire::parse_invitation(datagram);
  if (!parsed.ok()) return refusal(parsed.error(), from);
  const wire::Invitation& invitation = parsed.value();
  if (situation.safe_mode) return refusal(UpdateError::safe_mode, from);
  const auto line = extension_request(datagram);
  if (!line && policy_.extension == Use::required) return refusal(UpdateError::extension_required, from);
  if (situation.upload_running) {
    if (line || !is_accepted_again(invitation, from, situation)) return refusal(UpdateError::busy, from);
    Verdict again;
    again.reply = wire::ReplyText{wire::ok_answer};
    again.reply_to = from;
    return again;
  }
  if (const auto wait = too_many_tries(from, now)) return *wait;
  if (const auto refused = no_room(invitation, from)) return *refused;
  if (line) return challenge_extension({*line, datagram, from}, invitation, now);
  if (policy_.password.empty()) return accept(invitation, from, from);
  return challenge(invitation, from, now);
}

Verdict InvitationDesk::handle_status_request(const Request& request, const Situation& situation,
                                              Instant now) {
  if (situation.safe_mode) return refusal(UpdateError::safe_mode, request.from);
  if (situation.upload_running) return refusal(UpdateError::busy, request.from);
  if (const auto wait = too_many_tries(request.from, now)) return *wait;
  return challenge_extension(request, {}, now);
}

bool InvitationDesk::is_accepted_again(const wire::Invitation& invitation, const port::Endpoint& from,
                                       const Situation& situation) const {
  return situation.waiting_for_first_byte && invitation == last_accepted_ &&
         same_source(from, last_uploader_);
}

std::optional<Verdict> InvitationDesk::too_many_tries(const port::Endpoint& from, Instant now) const {
  const milliseconds wait = limiter_.wait_for(from.address, now);
  if (wait.count() == 0) return std::nullopt;
  return refusal(UpdateError::too_many_tries, from, waiting_time(wait));
}

std::optional<Verdict> InvitationDesk::no_room(const wire::Invitation& invitation,
                                               const port::Endpoint& from) const {
  const image::Kind kind = kind_of(invitation.command);
  const Status fits = updater_.check(kind, invitation.size_bytes);
  if (fits.ok()) return std::nullopt;
  if (fits.error() != UpdateError::no_space) return refusal(fits.error(), from);
  return refusal(fits.error(), from, missing_space(invitation.size_bytes, updater_.slot_bytes(kind)));
}

Verdict InvitationDesk::challenge(const wire::Invitation& invitation, const port::Endpoint& from,
                                  Instant now) {
  const Challenge* open = challenges_.find(from, Protocol::old, now);
  Verdict verdict;
  verdict.reply_to = from;
  // The same invitation again: its answer was lost, and an answer to the first challenge may be under way.
  if (open != nullptr && open->invitation == invitation) {
    verdict.reply = wire::format_challenge(old_nonce(*open, policy_.scheme));
    return verdict;
  }
  Challenge made;
  if (const Status filled = entropy_.fill(made.device_nonce); !filled.ok()) {
    return refusal(filled.error(), from);
  }
  made.uploader = from;
  made.issued_at = now;
  made.invitation = invitation;
  challenges_.open(made);
  verdict.reply = wire::format_challenge(old_nonce(made, policy_.scheme));
  return verdict;
}

Verdict InvitationDesk::handle_auth_answer(Bytes datagram, const port::Endpoint& from, Instant now) {
  const std::optional<Challenge> taken = challenges_.take(from, Protocol::old, now);
  if (!taken) return refusal(UpdateError::no_challenge, from);
  const Result<wire::AuthAnswer> answer = wire::parse_auth_answer(datagram);
  if (!answer.ok() || answer.value().scheme != policy_.scheme) return wrong_password(from, now);
  const auto stored = policy_.kept == AccessSettings::Kept::hash    ? wire::StoredHash::given
                      : policy_.scheme == wire::PasswordScheme::md5 ? wire::StoredHash::md5
                                                                    : wire::StoredHash::sha256;
  const wire::Nonce nonce = old_nonce(*taken, policy_.scheme);
  check_.emplace(Check{{policy_.password, stored, nonce, answer.value().cnonce, policy_.scheme},
                       answer.value().response,
                       taken->invitation,
                       taken->uploader,
                       from});
  return {};
}

std::optional<Verdict> InvitationDesk::step(const Situation& situation, Instant now) {
  if (!check_) return std::nullopt;
  check_->proof.step(rounds_per_step);
  if (!check_->proof.done()) return std::nullopt;
  const wire::Response expected = check_->proof.response();
  const bool right = crypto::backend::equal_constant_time(as_bytes(expected), as_bytes(check_->response));
  const wire::Invitation invitation = check_->invitation;
  const port::Endpoint uploader = check_->uploader;
  const port::Endpoint reply_to = check_->reply_to;
  check_.reset();
  if (!right) return wrong_password(reply_to, now);
  limiter_.succeeded(reply_to.address);
  if (situation.upload_running) return refusal(UpdateError::busy, reply_to);
  return accept(invitation, uploader, reply_to);
}

Verdict InvitationDesk::accept(const wire::Invitation& invitation, const port::Endpoint& uploader,
                               const port::Endpoint& reply_to) {
  last_accepted_ = invitation;
  last_uploader_ = uploader;
  Verdict verdict;
  verdict.reply = wire::ReplyText{wire::ok_answer};
  verdict.accepted = true;
  verdict.invitation = invitation;
  verdict.uploader = uploader;
  verdict.reply_to = reply_to;
  return verdict;
}

Verdict InvitationDesk::wrong_password(const port::Endpoint& from, Instant now) {
  limiter_.failed(from.address, now);
  return refusal(UpdateError::wrong_password, from);
}

}  // namespace airlift::element
