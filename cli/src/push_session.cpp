#include "push_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "airlift/codec/text.hpp"
#include "airlift_posix/address.hpp"

namespace airlift::cli {
namespace {

using Kind = wire::Reply::Kind;

template <std::size_t Size>
std::optional<wire::Nonce> random_hex(port::Entropy& entropy) {
  std::array<std::uint8_t, Size> bytes{};
  if (!entropy.fill(bytes).ok()) return std::nullopt;
  return wire::Nonce{codec::view(codec::to_hex(bytes))};
}

std::optional<wire::Nonce> make_cnonce(wire::PasswordScheme scheme, port::Entropy& entropy) {
  return scheme == wire::PasswordScheme::md5 ? random_hex<16>(entropy) : random_hex<32>(entropy);
}

// The duration of a PBKDF2 on this machine is a few milliseconds: it is done at once.
std::string make_proof(std::string_view password, wire::StoredHash hash, std::string_view nonce,
                       const wire::Nonce& cnonce, wire::PasswordScheme scheme) {
  wire::PasswordProof proof{password, hash, nonce, cnonce, scheme};
  proof.step(wire::pbkdf2_rounds);
  return std::string{wire::format_auth_answer({scheme, cnonce, proof.response()}).view()};
}

template <typename Wanted, typename Event>
bool is(const Event& event) {
  return std::holds_alternative<Wanted>(event);
}

std::string counted(int count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

long long whole_seconds(milliseconds duration) {
  return std::chrono::duration_cast<seconds>(duration).count();
}

}  // namespace

PushSession::PushSession(PushPlan plan, port::Entropy& entropy)
    : plan_{std::move(plan)}, entropy_{entropy}, hash_{plan_.first_hash} {}

void PushSession::start(Instant now) {
  now_ = now;
  answer_deadline_ = now + plan_.answer_timeout;
  send_invitation();
}

void PushSession::datagram(Instant now, const port::Endpoint& from, Bytes bytes) {
  now_ = now;
  // A device may answer from another port of its address; anybody else's words are not its words.
  if (from.address == plan_.device.address) handle(wire::parse_reply(bytes));
}

PushSession::Welcome PushSession::connection(Instant now, const port::Endpoint& peer) {
  now_ = now;
  if (peer.address != plan_.device.address) {
    ++strangers_;
    last_stranger_ = peer;
    return Welcome::stranger;
  }
  handle(Connected{});
  return Welcome::device;
}

void PushSession::bytes_taken(Instant now, std::size_t count) {
  now_ = now;
  if (count > 0) handle(Taken{count});
}

void PushSession::answers(Instant now, Bytes bytes) {
  now_ = now;
  answers_.feed(bytes);
  handle(Answered{});
}

void PushSession::connection_closed(Instant now) {
  now_ = now;
  handle(Closed{});
}

void PushSession::connection_broken(Instant now) {
  now_ = now;
  handle(Broken{});
}

void PushSession::tick(Instant now) {
  now_ = now;
  if (now >= wake_at_) handle(Tick{});
}

void PushSession::cancel() {
  fail(UpdateError::cancelled,
       fmt::format("cancelled after {} of {} bytes", sent_, plan_.invitation.size_bytes));
}

std::optional<std::string> PushSession::take_datagram() {
  return std::exchange(outgoing_, std::nullopt);
}

std::uint32_t PushSession::bytes_to_send() const {
  return state_ == State::sending ? plan_.invitation.size_bytes - sent_ : 0;
}

Stage PushSession::stage() const {
  switch (state_) {
    case State::idle:
    case State::inviting:
      return challenged_ ? Stage::authenticate : Stage::invite;
    case State::proving:
      return Stage::authenticate;
    case State::awaiting_connection:
      return Stage::connect;
    case State::sending:
      return Stage::transfer;
    case State::awaiting_result:
    case State::hearing_error:
    case State::succeeded:
    case State::failed:
      return Stage::verify;
  }
  return Stage::verify;
}

void PushSession::handle(const Event& event) {
  switch (state_) {
    case State::inviting:
      return while_inviting(event);
    case State::proving:
      return while_proving(event);
    case State::awaiting_connection:
      return while_awaiting_connection(event);
    case State::sending:
      return while_sending(event);
    case State::awaiting_result:
      return while_awaiting_result(event);
    case State::hearing_error:
      return while_hearing_error(event);
    case State::idle:
    case State::succeeded:
    case State::failed:
      return;
  }
}

void PushSession::while_inviting(const Event& event) {
  // Both cores connect at once after their `OK`: when that is lost, the connection says the same.
  if (is<Connected>(event)) return enter(State::sending, stall_timeout);
  if (is<Tick>(event)) return now_ >= answer_deadline_ ? no_answer() : send_invitation();
  const auto* reply = std::get_if<wire::Reply>(&event);
  if (reply == nullptr) return;
  if (reply->kind == Kind::accepted) return enter(State::awaiting_connection, connect_timeout);
  if (reply->kind == Kind::challenge) return prove(reply->text);
  if (reply->kind == Kind::refused) return on_refusal(reply->text);
  // A late word on an answer that was sent twice.
  if (reply->kind == Kind::wrong_password && !proof_.empty()) return;
  fail(UpdateError::bad_answer,
       fmt::format("{} answered the invitation with \"{}\"", plan_.device_text,
                   reply->kind == Kind::wrong_password ? wire::wrong_password_answer : reply->text.view()));
}

// An unmodified ESP8266 or ESP32 takes the answer to a challenge once: answers sent again are ignored by it,
// an invitation that is sent again makes it forget the challenge. So the same answer goes out a few times,
// which helps when it was lost; then a new invitation, which helps when the word on it was lost.
void PushSession::while_proving(const Event& event) {
  if (is<Connected>(event)) return enter(State::sending, stall_timeout);
  if (is<Tick>(event)) {
    if (now_ >= answer_deadline_) return no_answer();
    return proof_sends_ < most_proof_sends ? send_proof() : send_invitation();
  }
  const auto* reply = std::get_if<wire::Reply>(&event);
  if (reply == nullptr) return;
  if (reply->kind == Kind::accepted) return enter(State::awaiting_connection, connect_timeout);
  if (reply->kind == Kind::wrong_password) return on_wrong_password();
  if (reply->kind == Kind::refused) return on_refusal(reply->text);
  if (reply->kind == Kind::challenge) {
    // Two invitations were on the way: the newer challenge counts, the same one again says nothing new.
    if (reply->text.view() != nonce_.view()) prove(reply->text);
    return;
  }
  fail(UpdateError::bad_answer,
       fmt::format("{} answered the password with \"{}\"", plan_.device_text, reply->text.view()));
}

void PushSession::while_awaiting_connection(const Event& event) {
  if (is<Connected>(event)) return enter(State::sending, stall_timeout);
  if (is<Tick>(event)) return no_connect_back();
  const auto* reply = std::get_if<wire::Reply>(&event);
  if (reply != nullptr && reply->kind == Kind::refused) on_refusal(reply->text);
}

void PushSession::while_sending(const Event& event) {
  const std::uint32_t size = plan_.invitation.size_bytes;
  if (const auto* taken = std::get_if<Taken>(&event)) {
    sent_ += static_cast<std::uint32_t>(std::min<std::size_t>(taken->count, size - sent_));
    return sent_ == size ? enter(State::awaiting_result, result_timeout)
                         : enter(State::sending, stall_timeout);
  }
  if (is<Answered>(event)) {
    enter(State::sending, stall_timeout);
    return on_result();
  }
  if (is<Closed>(event)) return lost("closed the connection");
  if (is<Broken>(event)) return lost("broke the connection");
  if (is<Tick>(event)) {
    fail(UpdateError::stalled, fmt::format("{} took {} of {} bytes, then nothing for {} s", plan_.device_text,
                                           sent_, size, whole_seconds(stall_timeout)));
  }
}

void PushSession::while_awaiting_result(const Event& event) {
  if (is<Answered>(event)) {
    enter(State::awaiting_result, result_timeout);
    return on_result();
  }
  if (is<Broken>(event)) return lost("broke the connection");
  if (is<Closed>(event)) {
    fail(UpdateError::no_result, fmt::format("{} took all {} bytes and closed without saying how it ended",
                                             plan_.device_text, sent_));
  } else if (is<Tick>(event)) {
    fail(UpdateError::no_result, fmt::format("{} took all {} bytes, then said nothing for {} s",
                                             plan_.device_text, sent_, whole_seconds(result_timeout)));
  }
}

void PushSession::while_hearing_error(const Event& event) {
  if (is<Answered>(event)) return on_result();
  if (is<Closed>(event) || is<Broken>(event) || is<Tick>(event)) reject();
}

void PushSession::enter(State state, milliseconds wake_in) {
  state_ = state;
  wake_at_ = now_ + wake_in;
}

void PushSession::fail(PushFailure failure) {
  if (finished()) return;
  if (strangers_ > 0) {
    failure.message += fmt::format("; turned away {} from other addresses, the last from {}",
                                   counted(strangers_, "connection"), posix::to_text(last_stranger_));
  }
  failure_ = std::move(failure);
  outgoing_.reset();
  state_ = State::failed;
}

void PushSession::fail(UpdateError code, std::string message) {
  fail(make_failure(code, stage(), std::move(message)));
}

void PushSession::send_invitation() {
  outgoing_ = std::string{wire::format_invitation(plan_.invitation).view()};
  enter(State::inviting, invitations_ == 0 ? first_retry : next_retry);
  wake_at_ = std::min(wake_at_, answer_deadline_);
  ++invitations_;
}

void PushSession::send_proof() {
  outgoing_ = proof_;
  enter(State::proving, proof_sends_ == 0 ? first_retry : next_retry);
  wake_at_ = std::min(wake_at_, answer_deadline_);
  ++proof_sends_;
}

void PushSession::prove(std::string_view nonce) {
  if (!challenged_) answer_deadline_ = now_ + proof_timeout;
  challenged_ = true;
  if (plan_.password.empty()) {
    return fail(UpdateError::password_needed, fmt::format("{} wants a password", plan_.device_text));
  }
  scheme_ = nonce.size() == nonce_chars(wire::PasswordScheme::md5) ? wire::PasswordScheme::md5
                                                                   : wire::PasswordScheme::sha256;
  const auto cnonce = make_cnonce(scheme_, entropy_);
  if (!cnonce) return fail(UpdateError::no_entropy, "the system gave no random numbers");
  nonce_ = nonce;
  const auto hash = scheme_ == wire::PasswordScheme::md5 ? wire::StoredHash::md5 : hash_;
  proof_ = make_proof(plan_.password, hash, nonce, *cnonce, scheme_);
  proof_sends_ = 0;
  send_proof();
}

void PushSession::on_wrong_password() {
  if (scheme_ == wire::PasswordScheme::sha256 && hash_ == wire::StoredHash::sha256) {
    // A device of the newer scheme may have stored an old hash. It takes a challenge once, so ask for a new
    // one.
    hash_ = wire::StoredHash::md5;
    challenged_ = false;
    answer_deadline_ = now_ + plan_.answer_timeout;
    return send_invitation();
  }
  fail(UpdateError::wrong_password, fmt::format("{} did not accept the password", plan_.device_text));
}

void PushSession::on_refusal(std::string_view words) {
  // Airlift's device says so to an answer that was sent again; what it said to the first one counts.
  if (words == describe(UpdateError::no_challenge).text && !proof_.empty()) return;
  fail(refusal(plan_.device_text, words));
}

void PushSession::on_result() {
  switch (answers_.result()) {
    case wire::AnswerStream::Result::none_yet:
      return;
    case wire::AnswerStream::Result::ok:
      if (sent_ == plan_.invitation.size_bytes) return enter(State::succeeded, {});
      return fail(UpdateError::bad_answer, fmt::format("{} said OK after {} of {} bytes", plan_.device_text,
                                                       sent_, plan_.invitation.size_bytes));
    case wire::AnswerStream::Result::error:
      if (answers_.complete()) return reject();
      if (state_ != State::hearing_error) enter(State::hearing_error, error_line_timeout);
      return;
    case wire::AnswerStream::Result::nonsense:
      return fail(UpdateError::bad_answer,
                  fmt::format("{} answered the image with bytes that are neither counts nor a result",
                              plan_.device_text));
  }
}

void PushSession::reject() {
  fail(rejection(plan_.device_text, answers_.error_text(), answers_.error_number()));
}

void PushSession::no_answer() {
  const std::string& device = plan_.device_text;
  if (challenged_) {
    return fail(UpdateError::no_answer,
                fmt::format("{} asked for the password and never said whether it is right", device));
  }
  if (hash_ != plan_.first_hash) {
    return fail(UpdateError::wrong_password,
                fmt::format("{} did not accept the password, nor answer a second invitation", device));
  }
  fail(UpdateError::no_answer,
       fmt::format("{} did not answer {} within {} s", device, counted(invitations_, "invitation"),
                   whole_seconds(plan_.answer_timeout)));
}

void PushSession::no_connect_back() {
  PushFailure result = make_failure(
      UpdateError::no_connect_back, stage(),
      fmt::format(
          "{} accepted, but did not connect to TCP port {} of this computer (listening on {}) within {} s",
          plan_.device_text, plan_.invitation.host_port, plan_.listening_at, whole_seconds(connect_timeout)));
  result.advice = fmt::format(
      "Let TCP from {} to port {} pass this computer's firewall (-P fixes the port, -I the address); an "
      "ESP32 also "
      "behaves so when the image is too large for it.",
      posix::to_text(plan_.device.address), plan_.invitation.host_port);
  fail(std::move(result));
}

void PushSession::lost(std::string_view how) {
  fail(UpdateError::connection_lost,
       fmt::format("{} {} after {} of {} bytes", plan_.device_text, how, sent_, plan_.invitation.size_bytes));
}

}  // namespace airlift::cli
