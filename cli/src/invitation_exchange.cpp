#include "invitation_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "airlift_posix/address.hpp"

namespace airlift::cli {
namespace {

using Kind = wire::Reply::Kind;
using Purpose = wire::ExtensionRequest::Purpose;

std::string counted(int count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

long long whole_seconds(milliseconds duration) {
  return std::chrono::duration_cast<seconds>(duration).count();
}

}  // namespace

InvitationExchange::InvitationExchange(InvitationPlan plan, port::Entropy& entropy)
    : plan_{std::move(plan)}, entropy_{entropy}, password_{plan_.password, plan_.first_hash, entropy} {
  for (const port::Endpoint& endpoint : plan_.endpoints) ways_.push_back({endpoint, 0, {}, {}});
  if (plan_.invitation) plan_.invitation->host_port = plan_.host_port;
}

void InvitationExchange::start(Instant now) {
  now_ = now;
  begin_inviting(Connector::host);
}

void InvitationExchange::datagram(Instant now, const port::Endpoint& from, Bytes bytes) {
  now_ = now;
  // A device may answer from another port of its address; anybody else's words are not its words.
  const auto way = way_of(from.address);
  if (!way || finished() || state_ == State::idle) return;
  const auto answer = speaks_extension() ? wire::parse_extension_answer(bytes) : std::nullopt;
  const wire::Reply reply = answer ? wire::Reply{} : wire::parse_reply(bytes);
  if (state_ == State::inviting) keep_only(*way);
  if (answer) return take_answer(*answer, bytes);
  handle(reply);
}

void InvitationExchange::trouble(Instant now, const port::Endpoint& to, Trouble trouble,
                                 std::string_view words) {
  now_ = now;
  const auto index = way_of(to.address);
  if (state_ != State::inviting || !index) return;
  Way& way = ways_[*index];
  way.troubles = trouble == Trouble::not_sent ? most_troubles : way.troubles + 1;
  way.last = trouble;
  way.words = words;
  const auto hopeless = [](const Way& w) { return w.troubles >= most_troubles; };
  if (std::all_of(ways_.begin(), ways_.end(), hopeless)) return no_way();
  const auto better = [&way](const Way& w) { return w.troubles < way.troubles; };
  if (*index == 0 && std::any_of(ways_.begin(), ways_.end(), better)) send_invitation();
}

InvitationExchange::Welcome InvitationExchange::connection(Instant now, const port::Endpoint& peer) {
  now_ = now;
  const auto way = way_of(peer.address);
  if (!way) {
    ++strangers_;
    last_stranger_ = peer;
    return Welcome::stranger;
  }
  keep_only(*way);
  handle(Event::connected);
  return Welcome::device;
}

void InvitationExchange::dialled(Instant now) {
  now_ = now;
  if (state_ == State::dialling) enter(State::connected, {});
}

void InvitationExchange::dial_failed(Instant now, std::string_view why) {
  now_ = now;
  if (state_ == State::dialling) ask_to_connect(why);
}

void InvitationExchange::tick(Instant now) {
  now_ = now;
  if (now >= wake_at_) handle(Event::tick);
}

std::optional<InvitationExchange::Outgoing> InvitationExchange::take_datagram() {
  return std::exchange(outgoing_, std::nullopt);
}

port::Endpoint InvitationExchange::dial_to() const {
  port::Endpoint endpoint = device();
  endpoint.port = answer_->port;
  return endpoint;
}

Stage InvitationExchange::stage() const {
  switch (state_) {
    case State::idle:
    case State::inviting:
      if (connector_ == Connector::device) return Stage::connect;
      return challenged_ ? Stage::authenticate : Stage::invite;
    case State::proving:
      return Stage::authenticate;
    case State::dialling:
    case State::awaiting_connection:
    case State::connected:
    case State::failed:
      return Stage::connect;
  }
  return Stage::connect;
}

void InvitationExchange::handle(Event event) {
  const bool tick = event == Event::tick;
  switch (state_) {
    case State::inviting:
      if (!tick) return connected_while_inviting();
      return now_ >= answer_deadline_ ? no_answer() : send_invitation();
    case State::proving:
      if (!tick) return enter(State::connected, {});
      if (now_ >= answer_deadline_) return no_answer();
      // An unmodified ESP8266 or ESP32 takes the answer to a challenge once: answers sent again are ignored
      // by it, an invitation that is sent again makes it forget the challenge. So the same answer goes out a
      // few times, which helps when it was lost; then a new invitation, which helps when the word on it was
      // lost.
      return proof_sends_ < most_proof_sends ? send_proof() : send_invitation();
    case State::dialling:
      if (tick) ask_to_connect(fmt::format("no answer within {:.1f} s", dial_timeout.count() / 1000.0));
      return;
    case State::awaiting_connection:
      if (!tick) return enter(State::connected, {});
      return answer_ ? no_connection("it did not connect") : no_connect_back();
    case State::idle:
    case State::connected:
    case State::failed:
      return;
  }
}

void InvitationExchange::handle(const wire::Reply& reply) {
  if (reply.kind == Kind::refused && state_ != State::dialling) return on_refusal(reply.text);
  switch (state_) {
    case State::inviting:
      return reply_while_inviting(reply);
    case State::proving:
      return reply_while_proving(reply);
    case State::idle:
    case State::dialling:
    case State::awaiting_connection:
    case State::connected:
    case State::failed:
      return;
  }
}

void InvitationExchange::connected_while_inviting() {
  if (connector_ == Connector::device) {
    // It was asked to; its answer, which the key is made of, is lost or late.
    connected_early_ = true;
    return;
  }
  // Both cores connect at once after their `OK`: when that is lost, the connection says the same.
  if (extension_only()) return extension_missing();
  enter(State::connected, {});
}

void InvitationExchange::reply_while_inviting(const wire::Reply& reply) {
  const bool old = reply.kind == Kind::accepted || reply.kind == Kind::challenge;
  if (old && extension_only()) return extension_missing();
  if (reply.kind == Kind::accepted) return enter(State::awaiting_connection, connect_timeout);
  if (reply.kind == Kind::challenge) return prove(reply.text);
  // A late word on an answer that was sent twice.
  if (reply.kind == Kind::wrong_password && !password_.answer().empty()) return;
  fail(UpdateError::bad_answer,
       fmt::format("{} answered the invitation with \"{}\"", device_text(),
                   reply.kind == Kind::wrong_password ? wire::wrong_password_answer : reply.text.view()));
}

void InvitationExchange::reply_while_proving(const wire::Reply& reply) {
  if (reply.kind == Kind::accepted) return enter(State::awaiting_connection, connect_timeout);
  if (reply.kind == Kind::wrong_password) return on_wrong_password();
  if (reply.kind == Kind::challenge) {
    // Two invitations were on the way: the newer challenge counts, the same one again says nothing new.
    if (!password_.is_latest(reply.text)) prove(reply.text);
    return;
  }
  fail(UpdateError::bad_answer,
       fmt::format("{} answered the password with \"{}\"", device_text(), reply.text.view()));
}

void InvitationExchange::take_answer(const wire::ExtensionAnswer& answer, Bytes bytes) {
  // The answer to the invitation before this one may come twice.
  if (state_ != State::inviting || answer.nonce == stale_nonce_) return;
  if (!acceptable(answer)) return;
  answer_ = answer;
  request_sha256_ = crypto::sha256(as_bytes(request_));
  answer_sha256_ = crypto::sha256(bytes);
  if (connector_ == Connector::device) {
    return connected_early_ ? enter(State::connected, {})
                            : enter(State::awaiting_connection, connect_timeout);
  }
  if (answer.port == 0) return ask_to_connect("it does not listen");
  enter(State::dialling, dial_timeout);
}

bool InvitationExchange::acceptable(const wire::ExtensionAnswer& answer) {
  if (answer.password && !password_.given()) {
    password_needed();
  } else if (!answer.password && password_.given() && plan_.extension == ExtensionUse::required) {
    fail(make_failure(UpdateError::device_not_proven, Stage::authenticate,
                      fmt::format("{} says that it has no password, but one was given", device_text())));
  } else if (plan_.encrypt && !answer.tls) {
    fail(UpdateError::tls_failed, fmt::format("{} cannot encrypt", device_text()));
  }
  return state_ != State::failed;
}

void InvitationExchange::enter(State state, milliseconds wake_in) {
  state_ = state;
  wake_at_ = now_ + wake_in;
}

void InvitationExchange::fail(PushFailure failure) {
  if (finished()) return;
  if (strangers_ > 0) {
    failure.message += fmt::format("; turned away {} from other addresses, the last from {}",
                                   counted(strangers_, "connection"), posix::to_text(last_stranger_));
  }
  failure_ = std::move(failure);
  outgoing_.reset();
  state_ = State::failed;
}

void InvitationExchange::fail(UpdateError code, std::string message) {
  fail(make_failure(code, stage(), std::move(message)));
}

void InvitationExchange::begin_inviting(Connector connector) {
  connector_ = connector;
  request_.clear();
  if (plan_.invitation) request_ = wire::format_invitation(*plan_.invitation).view();
  if (speaks_extension()) {
    wire::ExtensionRequest request;
    request.purpose = plan_.invitation ? Purpose::upload : Purpose::status;
    request.host_port = connector == Connector::host ? std::uint16_t{0} : plan_.host_port;
    if (!entropy_.fill(request.cnonce).ok()) return no_entropy();
    request_ += wire::format_extension_request(request).view();
  }
  invitations_ = 0;
  answer_deadline_ = now_ + plan_.answer_timeout;
  send_invitation();
}

void InvitationExchange::send_invitation() {
  if (invitations_ > 0) choose_next_way();
  outgoing_ = {request_, device()};
  enter(State::inviting, invitations_ == 0 ? first_retry : next_retry);
  wake_at_ = std::min(wake_at_, answer_deadline_);
  ++invitations_;
}

/// The next in turn of those that have made the least trouble.
void InvitationExchange::choose_next_way() {
  std::rotate(ways_.begin(), ways_.begin() + 1, ways_.end());
  const auto best = std::min_element(ways_.begin(), ways_.end(),
                                     [](const Way& a, const Way& b) { return a.troubles < b.troubles; });
  std::rotate(ways_.begin(), best, ways_.end());
}

void InvitationExchange::keep_only(std::size_t way) {
  ways_ = {Way{ways_[way]}};
}

std::optional<std::size_t> InvitationExchange::way_of(const port::IpAddress& address) const {
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    if (ways_[i].endpoint.address == address) return i;
  }
  return std::nullopt;
}

void InvitationExchange::send_proof() {
  outgoing_ = {password_.answer(), device()};
  enter(State::proving, proof_sends_ == 0 ? first_retry : next_retry);
  wake_at_ = std::min(wake_at_, answer_deadline_);
  ++proof_sends_;
}

void InvitationExchange::prove(std::string_view nonce) {
  if (!challenged_) answer_deadline_ = now_ + proof_timeout;
  challenged_ = true;
  if (!password_.given()) return password_needed();
  if (!password_.take_challenge(nonce).ok()) return no_entropy();
  proof_sends_ = 0;
  send_proof();
}

void InvitationExchange::on_wrong_password() {
  if (!password_.try_other_hash()) {
    return fail(UpdateError::wrong_password, fmt::format("{} did not accept the password", device_text()));
  }
  // A device takes a challenge once, so ask for a new one.
  challenged_ = false;
  answer_deadline_ = now_ + plan_.answer_timeout;
  send_invitation();
}

void InvitationExchange::on_refusal(std::string_view words) {
  // Airlift's device says so to an answer that was sent again; what it said to the first one counts.
  if (words == describe(UpdateError::no_challenge).text && !password_.answer().empty()) return;
  fail(refusal(device_text(), words));
}

/// The device is there, but the host cannot connect to it: so it shall.
void InvitationExchange::ask_to_connect(std::string_view why) {
  dial_failure_ = fmt::format("no connection to its TCP port {}: {}", answer_->port, why);
  stale_nonce_ = answer_->nonce;
  answer_.reset();
  begin_inviting(Connector::device);
}

bool InvitationExchange::speaks_extension() const {
  return !plan_.invitation || plan_.encrypt || plan_.extension != ExtensionUse::off;
}

/// What has been answered by the extension once is not continued without.
bool InvitationExchange::extension_only() const {
  return !plan_.invitation || plan_.encrypt || plan_.extension == ExtensionUse::required || stale_nonce_;
}

std::string InvitationExchange::device_text() const {
  if (ways_.size() > 1)
    return cli::device_text(plan_.device_name, {plan_.endpoints.data(), plan_.endpoints.size()});
  return cli::device_text(plan_.device_name, {&device(), 1});
}

void InvitationExchange::no_entropy() {
  fail(UpdateError::no_entropy, "the system gave no random numbers");
}

void InvitationExchange::password_needed() {
  fail(make_failure(UpdateError::password_needed, Stage::authenticate,
                    fmt::format("{} wants a password", device_text())));
}

void InvitationExchange::extension_missing() {
  fail(UpdateError::extension_missing,
       fmt::format("{} answered as a device without Airlift's extension", device_text()));
}

void InvitationExchange::no_way() {
  const auto refuses = [](const Way& way) { return way.last == Trouble::refused; };
  const auto found = std::find_if(ways_.begin(), ways_.end(), refuses);
  if (found != ways_.end()) {
    return fail(UpdateError::no_answer,
                fmt::format("{} {} {}", cli::device_text(plan_.device_name, {&found->endpoint, 1}),
                            nothing_listens, found->endpoint.port));
  }
  fail(make_failure(UpdateError::no_route, Stage::route,
                    fmt::format("no way to {}{}", device_text(), troubles())));
}

/// "; 192.168.1.20: No route to host; ..."
std::string InvitationExchange::troubles() const {
  std::string text;
  for (const Way& way : ways_) {
    if (way.troubles > 0) text += fmt::format("; {}: {}", posix::to_text(way.endpoint.address), way.words);
  }
  return text;
}

void InvitationExchange::no_answer() {
  const std::string device = device_text();
  if (connector_ == Connector::device) return no_connection("it did not answer when it was asked to connect");
  if (challenged_) {
    return fail(UpdateError::no_answer,
                fmt::format("{} asked for the password and never said whether it is right", device));
  }
  if (password_.tries_other_hash()) {
    return fail(UpdateError::wrong_password,
                fmt::format("{} did not accept the password, nor answer a second invitation", device));
  }
  fail(UpdateError::no_answer,
       fmt::format("{} did not answer {} within {} s{}", device, counted(invitations_, "invitation"),
                   whole_seconds(plan_.answer_timeout), troubles()));
}

void InvitationExchange::no_connection(std::string_view of_device) {
  fail(UpdateError::no_connection,
       fmt::format(
           "{} answers, but there is {}; and {} (TCP port {} of this computer, listening on {}) within {} s",
           device_text(), dial_failure_, of_device, plan_.host_port, plan_.listening_at,
           whole_seconds(connect_timeout)));
}

void InvitationExchange::no_connect_back() {
  PushFailure result = make_failure(
      UpdateError::no_connect_back, stage(),
      fmt::format(
          "{} accepted, but did not connect to TCP port {} of this computer (listening on {}) within {} s",
          device_text(), plan_.host_port, plan_.listening_at, whole_seconds(connect_timeout)));
  result.advice = fmt::format(
      "Let TCP from {} to port {} pass this computer's firewall (-P fixes the port, -I the address); an "
      "ESP32 "
      "also behaves so when the image is too large for it.",
      posix::to_text(device().address), plan_.host_port);
  fail(std::move(result));
}

}  // namespace airlift::cli
