#include "airlift/web/web_connection.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/web/handlers.hpp"
#include "airlift/web/host_check.hpp"

namespace airlift::web {
namespace {

using http::Method;

constexpr milliseconds now_again{0};

milliseconds time_until(Instant deadline, Instant now) {
  return std::max(deadline - now, milliseconds{0});
}

bool is_for_us(const Site& site, std::string_view host) {
  const std::string_view name = host_name(host);
  return is_literal_or_local(name) || is_named(name, site.board->device().name()) ||
         is_named(name, site.advertiser.name());
}

/// To the same place over HTTPS; to the page when that place's name is too long.
void redirect(Call& call) {
  FixedString<400> to{"https://"};
  to.append(host_name(call.request.host)).append(":").append_number(call.site.redirect_port);
  FixedString<400> whole = to;
  whole.append(call.request.target);
  call.answer.status = 308;
  call.answer.content_type = {};
  call.answer.header("Location", whole.truncated() ? to.append("/") : whole);
}

void answer_without_route(Call& call) {
  const AllowedMethods allowed = allowed_methods(call.request.path, call.site.files);
  if (allowed.empty()) return refuse(call, refusal_of(404));
  if (call.request.method != Method::options) {
    refuse(call, refusal_of(405));
  } else {
    call.answer.status = 204;
    call.answer.content_type = {};
  }
  call.answer.header("Allow", allowed);
}

}  // namespace

void refuse(Call& call, const Refusal& refusal, std::string_view message) {
  call.answer.status = refusal.status;
  call.answer.content_type = "application/json";
  call.text.take_back(0);
  write_refusal(call.text, refusal, message);
  const std::string_view accept = call.request.accept;
  const bool asks_itself = wants_json(call.request) || accept.substr(0, 17) == "text/event-stream";
  // Not for the page's own calls: the browser would ask for a password over the page's head.
  if (refusal.status == 401 && !asks_itself) {
    call.answer.header("WWW-Authenticate", "Basic realm=\"airlift\", charset=\"UTF-8\"");
  }
  if (refusal.wait > milliseconds{0}) {
    const auto wait_s = (refusal.wait.count() + 999) / 1000;
    call.answer.header("Retry-After", FixedString<20>{}.append_number(wait_s));
  }
}

void WebConnection::begin(const port::StreamPool::Connection& connection, Transport transport, Instant now) {
  stream_ = connection.stream;
  visitor_ = {connection.peer, transport};
  input_.begin(*stream_);
  reader_.start();
  route_ = nullptr;
  head_patience_ = http::head_timeout;
  enter(State::head, now);
}

void WebConnection::enter(State state, Instant now) {
  state_ = state;
  entered_at_ = moved_at_ = now;
}

/// Whatever is on ends here, and what waited for it goes on.
void WebConnection::release(Site& site) {
  upload_.abort(site.ota, UpdateError::connection_lost);
  if (upload_.owns_upload()) site.ota.direct_upload().conclude();
  upload_.reset();
  if (site.writes_file == this) {
    site.files.cancel();
    site.writes_file = nullptr;
  }
  if (streams_) --site.event_streams;
  streams_ = false;
  if (answer_.afterwards == Afterwards::reboot) site.board->request_reboot();
  answer_ = {};
  stream_->close();
  state_ = State::free;
}

void WebConnection::abort(Site& site) {
  if (state_ != State::free) release(site);
}

/// Whoever could stay for as long as its time limits allow, and come again at once, would keep all others
/// out.
std::optional<milliseconds> WebConnection::grace() const {
  switch (state_) {
    case State::head:
    case State::closing:
      return http::eviction_grace;
    case State::upload:
      return upload_.owns_upload() ? std::nullopt : std::optional{http::service_grace};
    case State::body:
    case State::answering:
      return http::service_grace;
    case State::free:
    case State::streaming:
      break;
  }
  return std::nullopt;
}

std::optional<Instant> WebConnection::gives_way_since(Instant now) const {
  const auto spare = grace();
  return spare && now - entered_at_ >= *spare ? std::optional{entered_at_} : std::nullopt;
}

/// What is left of it since the last byte.
milliseconds WebConnection::patience(milliseconds timeout, Instant now) const {
  return time_until(moved_at_ + timeout, now);
}

milliseconds WebConnection::loop(Site& site, Instant now) {
  switch (state_) {
    case State::free:
      return milliseconds::max();
    case State::head:
      return read_head(site, now);
    case State::body:
      return read_body(site, now);
    case State::upload:
      return take_upload(site, now);
    case State::answering:
      return send(site, now);
    case State::streaming:
      return wait_for_event(site, now);
    case State::closing:
      return linger(site, now);
  }
  return milliseconds::max();
}

milliseconds WebConnection::read_head(Site& site, Instant now) {
  const Result<Input::Read> read = input_.fill();
  if (!read.ok() || (read.value().count == 0 && read.value().end_of_data)) {
    release(site);
    return now_again;
  }
  if (!reader_.begun() && read.value().count > 0) {  // the time for the head runs from its first byte
    head_patience_ = http::head_timeout;
    enter(State::head, now);
  }
  input_.consume(reader_.take(input_.buffered()));
  if (reader_.state() == http::RequestReader::State::whole) {
    dispatch(site, now);
  } else if (reader_.state() == http::RequestReader::State::refused) {
    refuse(site, refusal_of(reader_.status()), now);
  } else if (now - entered_at_ < head_patience_) {
    return read.value().count > 0 ? now_again : time_until(entered_at_ + head_patience_, now);
  } else if (reader_.begun()) {
    refuse(site, refusal_of(408), now);
  } else {
    release(site);
  }
  return now_again;
}

/// A whole head is there.
void WebConnection::dispatch(Site& site, Instant now) {
  const http::Request& request = reader_.request();
  body_left_ = request.content_length.value_or(0);
  form_bytes_ = 0;
  keep_alive_ = request.keep_alive;
  if (!is_for_us(site, request.host)) return refuse(site, refusal_of(421), now);
  if (site.redirect_port != 0 && visitor_.transport == Transport::plain) return answer(site, now, redirect);
  route_ = find_route(request, site.files);
  if (route_ == nullptr) return answer(site, now, answer_without_route);
  if (const Refusal refusal = site.guard.check(request, need_of(*route_, request), visitor_, now)) {
    return refuse(site, refusal, now);
  }
  if (const Refusal refusal = judge_body()) return refuse(site, refusal, now);
  if (body_left_ == 0 && route_->body != Body::upload && route_->body != Body::config_file) {
    return answer(site, now, route_->handler);
  }
  if (const Refusal refusal = begin_body(site)) return refuse(site, refusal, now);
  if (!request.expect.empty()) {
    // So short that a connection on which nothing waits takes it; who does not get it sends the body anyway.
    [[maybe_unused]] const auto sent = stream_->write(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
  }
  enter(route_->body == Body::upload ? State::upload : State::body, now);
}

Refusal WebConnection::judge_body() const {
  const http::Request& request = reader_.request();
  switch (route_->body) {
    case Body::none:
      return body_left_ > 0 ? refusal_of(413) : Refusal{};
    case Body::form: {
      constexpr std::string_view form{"application/x-www-form-urlencoded"};
      if (body_left_ > http::most_body_bytes) return refusal_of(413);
      const std::string_view type = request.content_type.substr(0, request.content_type.find(';'));
      return body_left_ == 0 || codec::equal_ignoring_case(type, form) ? Refusal{} : refusal_of(415);
    }
    case Body::config_file:
      if (!request.content_length) return refusal_of(411);
      return body_left_ > http::most_file_bytes ? refusal_of(413) : Refusal{};
    case Body::upload:
      return request.content_length ? Refusal{} : refusal_of(411);
  }
  return {};
}

Refusal WebConnection::begin_body(Site& site) {
  const http::Request& request = reader_.request();
  if (route_->body == Body::upload) {
    return upload_.begin(request.content_type, body_left_, visitor_.peer) ? Refusal{} : refusal_of(415);
  }
  if (route_->body != Body::config_file) return {};
  if (site.writes_file != nullptr) return refusal_of(UpdateError::busy);
  const Status begun = site.files.begin(request.path.substr(1), static_cast<std::uint32_t>(body_left_));
  if (!begun.ok()) return refusal_of(begun.error());
  site.writes_file = this;
  return {};
}

milliseconds WebConnection::read_body(Site& site, Instant now) {
  const MutableBytes room = MutableBytes{text_}.subspan(form_bytes_);
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), body_left_));
  if (wanted > 0) {
    const Result<Input::Read> read = input_.read(room.first(wanted));
    if (!read.ok() || (read.value().count == 0 && read.value().end_of_data)) {
      release(site);
      return now_again;
    }
    if (read.value().count == 0) {
      if (now - entered_at_ < http::body_timeout) return time_until(entered_at_ + http::body_timeout, now);
      refuse(site, refusal_of(408), now);
      return now_again;
    }
    if (const Status taken = take_body(site, read.value().count); !taken.ok()) {
      refuse(site, refusal_of(taken.error()), now);
      return now_again;
    }
  }
  if (body_left_ == 0) answer(site, now, route_->handler);
  return now_again;
}

/// The first `count` bytes of what is free in `text_`.
Status WebConnection::take_body(Site& site, std::size_t count) {
  body_left_ -= count;
  if (route_->body == Body::config_file) return site.files.append(Bytes{text_}.first(count));
  form_bytes_ += count;
  return {};
}

milliseconds WebConnection::take_upload(Site& site, Instant now) {
  if (upload_.step(site.ota, input_) == UploadCourse::Step::went) {
    moved_at_ = now;
  } else if (const milliseconds left = patience(http::body_timeout, now); left > now_again) {
    return left;
  } else {
    upload_.abort(site.ota, UpdateError::stalled);
  }
  if (upload_.state() != UploadCourse::State::over) return now_again;
  if (upload_.took_all()) body_left_ = 0;
  answer(site, now, [this](Call& call) { answer_upload(call, upload_.error()); });
  return now_again;
}

template <typename Make>
void WebConnection::answer(Site& site, Instant now, Make make) {
  answer_ = {};
  http::TextWriter text{text_};
  Call call{site, reader_.request(), visitor_, as_text(Bytes{text_}.first(form_bytes_)), text, answer_, now};
  make(call);
  if (site.writes_file == this) {
    site.files.cancel();  // harmless for one that was finished
    site.writes_file = nullptr;
  }
  if (answer_.whole.empty()) answer_.whole = as_bytes(text.view());
  if (body_left_ > 0 || answer_.afterwards != Afterwards::nothing || site.crowded) keep_alive_ = false;
  streams_ = answer_.is_stream && call.request.method != Method::head;
  if (streams_) ++site.event_streams;
  format_head();
  enter(State::answering, now);
}

void WebConnection::refuse(Site& site, const Refusal& refusal, Instant now) {
  if (reader_.state() != http::RequestReader::State::whole || refusal.status == 408) keep_alive_ = false;
  answer(site, now, [&refusal](Call& call) { web::refuse(call, refusal); });
}

void WebConnection::format_head() {
  using Framing = http::AnswerHead::Framing;
  const http::Request& request = reader_.request();
  http::AnswerHead head;
  head.status = answer_.status;
  head.content_type = answer_.content_type;
  head.length = answer_.whole.size();
  if (answer_.fill != nullptr) head.framing = request.http_1_1 ? Framing::chunked : Framing::until_close;
  if (head.framing == Framing::until_close) keep_alive_ = false;
  chunked_ = head.framing == Framing::chunked;
  head.keep_alive = keep_alive_;
  http::TextWriter into{head_};
  http::append_head(into, head);
  http::append_header(into, "Cache-Control", answer_.cache_control);
  into.append(answer_.headers);
  http::end_head(into);
  pending_ = as_bytes(into.view());
  next_ = request.method == Method::head ? Next::nothing : Next::whole;
}

/// Makes the next bytes to be sent.
void WebConnection::prepare(Site& site, Instant now) {
  switch (next_) {
    case Next::whole:
      pending_ = answer_.whole;
      next_ = answer_.fill == nullptr ? Next::nothing : Next::pieces;
      return;
    case Next::pieces:
      return prepare_piece(site, now);
    case Next::last_chunk:
      pending_ = as_bytes(http::last_chunk);
      next_ = Next::nothing;
      return;
    case Next::nothing:
      return;
  }
}

void WebConnection::prepare_piece(Site& site, Instant now) {
  if (answer_.is_stream && now < next_event_at_) return enter(State::streaming, now);
  const std::size_t before = chunked_ ? http::chunk_head_bytes : 0;
  http::TextWriter into{MutableBytes{text_}.subspan(before, http::answer_piece_bytes)};
  const Filled filled = answer_.fill(site, answer_.cursor, into);
  if (!into.empty()) {
    pending_ = chunked_ ? http::frame_chunk(text_, into.size()) : Bytes{text_}.first(into.size());
  }
  if (filled == Filled::nothing_yet) next_event_at_ = now + http::event_interval;
  if (filled == Filled::end) next_ = chunked_ ? Next::last_chunk : Next::nothing;
}

milliseconds WebConnection::send(Site& site, Instant now) {
  if (pending_.empty()) {
    if (next_ == Next::nothing) {
      end_answer(site, now);
      return now_again;
    }
    prepare(site, now);
    if (pending_.empty()) return now_again;
  }
  const Result<std::size_t> sent = stream_->write(pending_);
  // Looked at, too, so that a peer which is gone is noticed; and one that sends more requests without reading
  // the answers would keep the socket readable, and us awake.
  const auto is_gone_or_floods = [this] { return !input_.fill().ok() || !input_.buffered().empty(); };
  if (!sent.ok() || (sent.value() < pending_.size() && is_gone_or_floods())) {
    release(site);
    return now_again;
  }
  if (sent.value() > 0) moved_at_ = now;
  pending_ = pending_.subspan(sent.value());
  if (pending_.empty()) return now_again;
  if (const milliseconds left = patience(http::answer_timeout, now); left > now_again) return left;
  release(site);
  return now_again;
}

void WebConnection::end_answer(Site& site, Instant now) {
  const bool peer_still_sends = body_left_ > 0 || reader_.state() == http::RequestReader::State::refused;
  if (keep_alive_) {
    answer_ = {};
    reader_.start();
    head_patience_ = http::idle_timeout;
    enter(State::head, now);
  } else if (peer_still_sends || answer_.afterwards != Afterwards::nothing) {
    enter(State::closing, now);
  } else {
    release(site);
  }
}

milliseconds WebConnection::wait_for_event(Site& site, Instant now) {
  const Result<Input::Read> read = input_.fill();
  input_.drop();
  if (!read.ok() || read.value().end_of_data) {
    release(site);
    return now_again;
  }
  if (now < next_event_at_) return time_until(next_event_at_, now);
  enter(State::answering, now);
  return now_again;
}

/// A connection that is closed with bytes unread is reset, and the peer may lose the answer.
milliseconds WebConnection::linger(Site& site, Instant now) {
  const Result<Input::Read> read = input_.fill();
  input_.drop();
  if (read.ok() && read.value().count > 0) moved_at_ = now;
  const milliseconds left =
      std::min(patience(http::linger_timeout, now), time_until(entered_at_ + http::drain_timeout, now));
  if (!read.ok() || read.value().end_of_data || left == now_again) {
    release(site);
    return now_again;
  }
  return read.value().count > 0 ? now_again : left;
}

}  // namespace airlift::web
