#include "airlift/element/invitation_desk.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::element {
namespace {

using Verdict = InvitationDesk::Verdict;

Verdict refusal(UpdateError error, const port::Endpoint& to, std::string_view detail = {}) {
  Verdict verdict;
  verdict.reply = wire::format_refusal(error, detail);
  verdict.refusal = error;
  verdict.reply_to = to;
  return verdict;
}

bool same_source(const port::Endpoint& a, const port::Endpoint& b) {
  return a.address == b.address && a.scope == b.scope;
}

bool concerns_us(Bytes datagram) {
  return !datagram.empty() && datagram[0] >= '0' && datagram[0] <= '9';
}

FixedString<64> waiting_time(milliseconds wait) {
  FixedString<64> text{"wait "};
  text.append_number((wait.count() + 999) / 1000).append(" s");
  return text;
}

FixedString<64> missing_space(std::uint32_t size_bytes, std::uint32_t slot_bytes) {
  FixedString<64> text;
  text.append_number(size_bytes).append(" bytes, the slot holds ").append_number(slot_bytes);
  return text;
}

}  // namespace

Verdict InvitationDesk::handle(Bytes datagram, const port::Endpoint& from, const Situation& situation,
                               Instant now) {
  assert(!checking());
  if (!concerns_us(datagram)) return {};
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
  if (situation.upload_running) {
    const bool repeated =
        situation.waiting_for_first_byte && invitation == last_accepted_ && same_source(from, last_uploader_);
    if (!repeated) return refusal(UpdateError::busy, from);
    Verdict again;
    again.reply = wire::ReplyText{wire::ok_answer};
    again.reply_to = from;
    return again;
  }
  const milliseconds wait = limiter_.wait_for(from.address, now);
  if (wait.count() > 0) return refusal(UpdateError::too_many_tries, from, waiting_time(wait));
  const image::Kind kind = kind_of(invitation.command);
  if (const Status fits = updater_.check(kind, invitation.size_bytes); !fits.ok()) {
    if (fits.error() != UpdateError::no_space) return refusal(fits.error(), from);
    return refusal(fits.error(), from, missing_space(invitation.size_bytes, updater_.slot_bytes(kind)));
  }
  if (policy_.password.empty()) return accept(invitation, from, from);
  return challenge(invitation, from, now);
}

Verdict InvitationDesk::challenge(const wire::Invitation& invitation, const port::Endpoint& from,
                                  Instant now) {
  Challenge* place = open_challenge(from, now);
  // The same invitation again: its answer was lost, and an answer to the first challenge may be under way.
  if (place == nullptr || !(place->invitation == invitation)) {
    std::array<std::uint8_t, 32> random{};
    if (const Status filled = entropy_.fill(random); !filled.ok()) return refusal(filled.error(), from);
    place = &place_for_challenge(from, now);
    const auto nonce = codec::to_hex(random);
    *place = {true, invitation, from, codec::view(nonce).substr(0, wire::nonce_chars(policy_.scheme)), now};
  }
  Verdict verdict;
  verdict.reply = wire::format_challenge(place->nonce);
  verdict.reply_to = from;
  return verdict;
}

Verdict InvitationDesk::handle_auth_answer(Bytes datagram, const port::Endpoint& from, Instant now) {
  Challenge* const open = open_challenge(from, now);
  if (open == nullptr) return refusal(UpdateError::no_challenge, from);
  const Challenge taken = *open;
  open->open = false;
  const Result<wire::AuthAnswer> answer = wire::parse_auth_answer(datagram);
  if (!answer.ok() || answer.value().scheme != policy_.scheme) return wrong_password(from, now);
  const auto stored =
      policy_.scheme == wire::PasswordScheme::md5 ? wire::StoredHash::md5 : wire::StoredHash::sha256;
  check_.emplace(Check{{policy_.password, stored, taken.nonce, answer.value().cnonce, policy_.scheme},
                       answer.value().response,
                       taken,
                       from});
  return {};
}

std::optional<Verdict> InvitationDesk::step(const Situation& situation, Instant now) {
  if (!check_) return std::nullopt;
  check_->proof.step(rounds_per_step);
  if (!check_->proof.done()) return std::nullopt;
  const Check check = *check_;
  check_.reset();
  const wire::Response expected = check.proof.response();
  if (!crypto::backend::equal_constant_time(as_bytes(expected), as_bytes(check.response))) {
    return wrong_password(check.reply_to, now);
  }
  limiter_.succeeded(check.reply_to.address);
  if (situation.upload_running) return refusal(UpdateError::busy, check.reply_to);
  return accept(check.challenge.invitation, check.challenge.uploader, check.reply_to);
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

InvitationDesk::Challenge* InvitationDesk::open_challenge(const port::Endpoint& from, Instant now) {
  for (Challenge& challenge : challenges_) {
    if (challenge.open && same_source(challenge.uploader, from) &&
        now - challenge.issued_at < wire::challenge_lifetime) {
      return &challenge;
    }
  }
  return nullptr;
}

InvitationDesk::Challenge& InvitationDesk::place_for_challenge(const port::Endpoint& from, Instant now) {
  if (Challenge* own = open_challenge(from, now); own != nullptr) return *own;
  Challenge* oldest = &challenges_[0];
  for (Challenge& challenge : challenges_) {
    if (!challenge.open) return challenge;
    if (challenge.issued_at < oldest->issued_at) oldest = &challenge;
  }
  return *oldest;
}

}  // namespace airlift::element
