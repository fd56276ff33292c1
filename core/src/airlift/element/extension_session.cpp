#include "airlift/element/extension_session.hpp"

#include <algorithm>

#include "airlift/element/address_text.hpp"
#include "airlift/element/refusal_detail.hpp"

namespace airlift::element {
namespace {

using Phase = update::Updater::Phase;
using ReaderState = wire::FrameReader::State;

constexpr milliseconds now_again{0};

milliseconds time_until(Instant deadline, Instant now) {
  return std::max(deadline - now, milliseconds{0});
}

/// What the transport spoilt can be put right by going on.
bool is_of_the_transport(UpdateError error) {
  return error == UpdateError::connection_lost || error == UpdateError::tls_failed ||
         error == UpdateError::bad_message;
}

}  // namespace

void ExtensionSession::enter(State state, Instant now) {
  state_ = state;
  if (state == State::connecting || state == State::greeting) deadline_ = now + greeting_timeout;
  if (state == State::reporting) deadline_ = now + wire::result_timeout;
}

void ExtensionSession::hang_up() {
  ports_.stream.close();
  session_key_ = {};
  state_ = State::idle;
}

void ExtensionSession::abort() {
  if (state_ == State::receiving || state_ == State::finishing) updater_.abort();
  if (held_.paused()) updater_.abort(held_.reason());
  held_.drop();
  wish_.reset();
  if (state_ != State::idle) hang_up();
}

std::optional<ExtensionSession::Event> ExtensionSession::take_event() {
  const std::optional<Event> event = event_;
  event_.reset();
  return event;
}

void ExtensionSession::connect_to(const port::Endpoint& host, Instant now) {
  const bool under_way = state_ != State::idle && source_ == host;
  if (!under_way) wish_ = {host, now};
}

milliseconds ExtensionSession::loop(OtherUpload other, Instant now) {
  if (held_.overdue(now)) {
    updater_.abort(held_.reason());
    held_.drop();
    note(Event::Kind::given_up);
    return now_again;
  }
  switch (state_) {
    case State::idle:
      return await_connection(now);
    case State::connecting:
      return connect(now);
    case State::greeting:
      return greet(now);
    case State::deriving:
      return derive(other, now);
    case State::receiving:
      return receive(now);
    case State::finishing:
      return finish(now);
    case State::reporting:
      return report(now);
  }
  return milliseconds::max();
}

/// Those who connect and those who want to be connected to have their turns, so that neither kind can keep
/// the other out.
milliseconds ExtensionSession::await_connection(Instant now) {
  const bool wish_first = !connected_last_;
  connected_last_ = false;
  if (wish_ && wish_first) return fulfil_wish(now);
  if (const auto from = ports_.listener.accept()) {
    begin_greeting(*from, now);
    return now_again;
  }
  return wish_ ? fulfil_wish(now) : milliseconds::max();
}

milliseconds ExtensionSession::fulfil_wish(Instant now) {
  const Wish wish = *wish_;
  wish_.reset();
  const bool too_late = now - wish.since >= wire::connect_timeout;
  if (too_late || !ports_.stream.connect(wish.host).ok()) return now_again;
  connected_last_ = true;
  source_ = wish.host;
  enter(State::connecting, now);
  return now_again;
}

milliseconds ExtensionSession::connect(Instant now) {
  const port::Stream::State state = ports_.stream.state();
  if (state == port::Stream::State::open) {
    begin_greeting(source_, now);
    return now_again;
  }
  if (state == port::Stream::State::connecting && now < deadline_) return time_until(deadline_, now);
  note(Event::Kind::refused, UpdateError::connect_failed);
  hang_up();
  return now_again;
}

void ExtensionSession::begin_greeting(const port::Endpoint& source, Instant now) {
  source_ = source;
  secured_ = false;
  reader_.start();
  outbox_.clear();
  enter(State::greeting, now);
}

/// Takes no byte behind the frame: TLS may begin there.
Result<port::Stream::Read> ExtensionSession::read_frame() {
  for (;;) {
    const Result<port::Stream::Read> read = ports_.stream.read(reader_.room());
    if (!read.ok() || read.value().count == 0) return read;
    reader_.took(read.value().count);
    if (reader_.room().empty()) return read;
  }
}

milliseconds ExtensionSession::greet(Instant now) {
  const Result<port::Stream::Read> read = read_frame();
  if (!read.ok() && read.error() == UpdateError::tls_failed) {
    guard_.handshake_failed(source_, now);
    note(Event::Kind::refused, UpdateError::tls_failed);
  }
  if (reader_.state() == ReaderState::frame) {
    guard_.key().want();
    enter(State::deriving, now);
    return now_again;
  }
  const bool may_still_come = read.ok() && !read.value().end_of_data && now < deadline_;
  const bool may_be_a_frame =
      reader_.state() == ReaderState::header || reader_.state() == ReaderState::payload;
  if (may_still_come && may_be_a_frame) return time_until(deadline_, now);
  hang_up();
  return now_again;
}

milliseconds ExtensionSession::derive(OtherUpload other, Instant now) {
  if (guard_.key().ready()) {
    take_frame(other, now);
  } else if (guard_.key().under_way()) {
    guard_.key().step();
  } else {
    hang_up();  // there was no salt to be had
  }
  return now_again;
}

void ExtensionSession::take_frame(OtherUpload other, Instant now) {
  switch (reader_.type()) {
    case wire::FrameType::secure:
      return secure(now);
    case wire::FrameType::offer:
      return take_offer(other, now);
    case wire::FrameType::query:
      return take_query(other, now);
    case wire::FrameType::data:
    case wire::FrameType::answer:
    case wire::FrameType::progress:
    case wire::FrameType::result:
    case wire::FrameType::status:
      return hang_up();
  }
}

void ExtensionSession::secure(Instant now) {
  const Result<wire::Secure> frame = wire::decode_secure(reader_.payload());
  const bool welcome = frame.ok() && !secured_ && encryption_ != Encryption::unavailable &&
                       guard_.may_secure(frame.value().nonce, source_, now);
  const wire::Key key = wire::tls_key(guard_.key().key());
  if (!welcome || !ports_.stream.start_tls(port::Stream::TlsRole::server, key).ok()) return hang_up();
  secured_ = true;
  reader_.next();
  enter(State::greeting, now);
}

FrameGuard::Proof ExtensionSession::prove(const wire::DeviceNonce& nonce, OtherUpload other, Instant now) {
  FrameGuard::Proof proof = guard_.check(reader_.type(), reader_.payload(), nonce, source_, now);
  if (proof.refusal != UpdateError::none) return proof;
  if (encryption_ == Encryption::required && !secured_) {
    proof.refusal = UpdateError::encryption_required;
  } else if (other == OtherUpload::running) {
    proof.refusal = UpdateError::busy;
  }
  return proof;
}

void ExtensionSession::take_query(OtherUpload other, Instant now) {
  const Result<wire::Query> query = wire::decode_query(reader_.payload());
  if (!query.ok()) return hang_up();
  const FrameGuard::Proof proof = prove(query.value().nonce, other, now);
  session_key_ = proof.session_key;
  if (proof.refusal != UpdateError::none) return refuse(proof.refusal, proof.detail, now);
  outbox_.put(wire::encode_status(wire::format_status(report_.make()), session_key_, outbox_.frame()));
  uploading_ = false;
  result_due_ = false;
  enter(State::reporting, now);
}

void ExtensionSession::take_offer(OtherUpload other, Instant now) {
  const Result<wire::Offer> decoded = wire::decode_offer(reader_.payload());
  if (!decoded.ok()) return hang_up();
  const wire::Offer& offer = decoded.value();
  const FrameGuard::Proof proof = prove(offer.nonce, other, now);
  session_key_ = proof.session_key;
  if (proof.refusal != UpdateError::none) return refuse(proof.refusal, proof.detail, now);
  if (const Status begun = begin_upload(offer); !begun.ok()) {
    const bool space = begun.error() == UpdateError::no_space;
    const std::uint32_t slot_bytes = updater_.slot_bytes(kind_of(offer.command));
    return refuse(begun.error(), space ? missing_space(offer.size_bytes, slot_bytes) : RefusalDetail{}, now);
  }
  intake_.begin(offer.compressed ? FileIntake::Form::compressed : FileIntake::Form::plain);
  wire::Answer answer;
  answer.offset = told_bytes_ = updater_.received_bytes();
  answer.prefix_sha256 = updater_.received_sha256();
  outbox_.put(wire::encode(answer, session_key_, outbox_.frame()));
  reader_.next();
  error_ = UpdateError::none;
  last_byte_at_ = now;
  enter(State::receiving, now);
}

/// Or goes on with the one that is paused.
Status ExtensionSession::begin_upload(const wire::Offer& offer) {
  if (offer.compressed && !intake_.can_unpack()) return UpdateError::gzip_window;
  if (held_.resumed_by(offer)) {
    held_.go_on();
    note(Event::Kind::resumed);
    return {};
  }
  update::Announcement announcement;
  announcement.kind = kind_of(offer.command);
  announcement.size_bytes = offer.size_bytes;
  announcement.sha256 = offer.sha256;
  announcement.trailer = offer.trailer;
  announcement.source = boot::SourceText{"upload "}.append(address_text(source_.address));
  announcement.time_s = ports_.calendar.unix_seconds();
  const Status begun = updater_.begin(announcement);
  if (begun.ok()) {
    held_.take(offer);
    note(Event::Kind::accepted);
  } else if (updater_.phase() != Phase::receiving) {
    held_.drop();
  }
  return begun;
}

void ExtensionSession::refuse(UpdateError error, std::string_view detail, Instant now) {
  wire::Answer answer;
  answer.error = error;
  answer.detail = detail;
  outbox_.put(wire::encode(answer, session_key_, outbox_.frame()));
  uploading_ = false;
  result_due_ = false;
  note(Event::Kind::refused, error);
  const Instant greeting_ends_at = deadline_;
  enter(State::reporting, now);
  if (session_key_ == wire::Key{}) deadline_ = greeting_ends_at;  // still a stranger
}

milliseconds ExtensionSession::receive(Instant now) {
  const bool connected = outbox_.flush(ports_.stream);
  const Result<FileIntake::Taken> taken = intake_.take(ports_.stream, reader_, updater_);
  updater_.step();
  if (updater_.phase() == Phase::failed) {
    fail(updater_.error(), now);
  } else if (updater_.phase() != Phase::receiving) {
    enter(State::finishing, now);
  } else if (!taken.ok() && !is_of_the_transport(taken.error())) {
    fail(taken.error(), now);
  } else if (!taken.ok() || !connected || taken.value().end_of_data) {
    pause(taken.ok() ? UpdateError::connection_lost : taken.error(), now);
  } else {
    if (taken.value().something) last_byte_at_ = now;
    send_progress();
    if (taken.value().may_go_on) return now_again;
    if (now - last_byte_at_ < wire::receive_timeout)
      return time_until(last_byte_at_ + wire::receive_timeout, now);
    pause(UpdateError::stalled, now);
  }
  return now_again;
}

void ExtensionSession::send_progress() {
  if (!outbox_.empty() || updater_.received_bytes() == told_bytes_) return;
  told_bytes_ = updater_.received_bytes();
  outbox_.put(wire::encode(wire::Progress{told_bytes_}, outbox_.frame()));
  // A connection that is lost shows at the next turn.
  [[maybe_unused]] const bool sent = outbox_.flush(ports_.stream);
}

void ExtensionSession::pause(UpdateError reason, Instant now) {
  held_.pause(reason, now);
  updater_.pause(reason);
  note(Event::Kind::paused, reason);
  hang_up();
}

void ExtensionSession::fail(UpdateError error, Instant now) {
  error_ = error;
  updater_.abort(error);
  held_.drop();
  uploading_ = result_due_ = true;
  enter(State::reporting, now);
}

/// All bytes are here: whether the connection lasts does not matter any more.
milliseconds ExtensionSession::finish(Instant now) {
  if (!outbox_.flush(ports_.stream)) outbox_.clear();
  send_progress();  // so that the uploader knows what it waits for
  updater_.step();
  if (updater_.phase() == Phase::failed) {
    fail(updater_.error(), now);
  } else if (updater_.phase() == Phase::done) {
    held_.drop();
    uploading_ = result_due_ = true;
    enter(State::reporting, now);
  }
  return now_again;
}

milliseconds ExtensionSession::report(Instant now) {
  std::array<std::uint8_t, 512> thrown_away{};
  const Result<port::Stream::Read> read = ports_.stream.read(thrown_away);
  if (result_due_ && outbox_.empty()) put_result();
  const bool sent = outbox_.flush(ports_.stream);
  // Looked at only now, so that an uploader which ended its own direction early gets the result, too.
  const bool closed = !read.ok() || read.value().end_of_data;
  if (!sent || closed || now >= deadline_) {
    end_report();
    return now_again;
  }
  return read.value().count > 0 ? now_again : time_until(deadline_, now);
}

void ExtensionSession::put_result() {
  wire::UploadResult result;
  result.error = error_;
  if (error_ == UpdateError::none) {
    result.starts_next = updater_.starts_next();
    result.image_sha256 = updater_.image_sha256();
  }
  outbox_.put(wire::encode(result, session_key_, outbox_.frame()));
  result_due_ = false;
}

void ExtensionSession::end_report() {
  if (uploading_) note(error_ == UpdateError::none ? Event::Kind::installed : Event::Kind::failed, error_);
  hang_up();
}

}  // namespace airlift::element
