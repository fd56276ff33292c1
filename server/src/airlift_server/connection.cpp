#include "airlift_server/connection.hpp"

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "airlift/codec/text.hpp"
#include "airlift_posix/address.hpp"

namespace airlift::server {
namespace {

using std::chrono::seconds;

constexpr std::size_t least_progress{16384};       ///< bytes in a sending deadline
constexpr std::size_t longest_turn_bytes{262144};  ///< before others are served
constexpr std::size_t request_cost_bytes{8192};    ///< what a request counts like, for that

constexpr milliseconds look_around{200};  ///< whether a delay is of any use still

seconds limit_of(Connection::Phase phase) {
  using Phase = Connection::Phase;
  switch (phase) {
    case Phase::handshake:
    case Phase::head:
      return seconds{10};
    case Phase::idle:
      return seconds{15};
    case Phase::delayed:
      return seconds{60};  // has its own timer
    case Phase::sending:
      return seconds{30};
    case Phase::draining:
      return seconds{2};
  }
  return {};
}

Moment now() {
  const auto steady = SteadyClock::now().time_since_epoch();
  const auto unix = std::chrono::system_clock::now().time_since_epoch();
  return {Instant{std::chrono::duration_cast<milliseconds>(steady)},
          std::chrono::duration_cast<std::chrono::nanoseconds>(unix).count()};
}

std::int64_t unix_seconds() {
  return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

/// The Date header's value; it changes once a second.
const std::string& date_now() {
  static std::int64_t shown{-1};
  static std::string text;
  const std::int64_t current = unix_seconds();
  if (current != shown) text = http_date(shown = current);
  return text;
}

std::string_view name_of(http::Method method) {
  return method == http::Method::get ? "GET" : method == http::Method::head ? "HEAD" : "other";
}

}  // namespace

Connection::Connection(Hub& hub, asio::ip::tcp::socket socket, SSL_CTX* context)
    : hub_{hub},
      place_{hub.connections.insert(hub.connections.end(), this)},
      socket_{std::move(socket)},
      transport_{socket_.native_handle(), context} {
  std::error_code error;
  const auto peer = socket_.remote_endpoint(error);
  if (!error) peer_ = posix::to_endpoint(peer.data()).address;
  enter(context == nullptr ? Phase::idle : Phase::handshake);
}

Connection::~Connection() {
  hub_.connections.erase(place_);
}

asio::awaitable<void> Connection::run(std::unique_ptr<Connection> connection) {
  Connection& self = *connection;
  if (!co_await self.handshake()) co_return;
  for (;;) {
    if (!co_await self.read_request()) co_return;
    if (!co_await self.answer_request()) break;
  }
  co_await self.drain();
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  since_ = SteadyClock::now();
  deadline_ = since_ + limit_of(phase);
  sent_at_check_ = sent_;
}

void Connection::expire(SteadyClock::time_point now) {
  if (now < deadline_) return;
  if (phase_ == Phase::sending && sent_ - sent_at_check_ >= least_progress) {
    deadline_ = now + limit_of(phase_);
    sent_at_check_ = sent_;
    return;
  }
  give_up();
}

void Connection::give_up() {
  given_up_ = true;
  std::error_code ignored;
  socket_.cancel(ignored);
}

asio::awaitable<bool> Connection::handshake() {
  for (;;) {
    const Transport::Step step = transport_.handshake();
    if (step.need == Need::nothing) co_return true;
    if (!co_await wait(step.need)) co_return false;
  }
}

asio::awaitable<bool> Connection::read_request() {
  reader_.start();
  enter(Phase::idle);
  while (reader_.state() == http::RequestReader::State::head) {
    if (input_begin_ == input_end_) {
      if (hub_.closing && phase_ == Phase::idle) co_return false;
      const Transport::Step step = transport_.read(input_);
      input_begin_ = 0;
      input_end_ = step.count;
      if (step.need != Need::nothing && !co_await wait(step.need)) co_return false;
    }
    input_begin_ += reader_.take(Bytes{input_}.subspan(input_begin_, input_end_ - input_begin_));
    if (phase_ == Phase::idle && reader_.begun()) enter(Phase::head);
  }
  co_return true;
}

Reply Connection::decide() {
  Reply reply;
  if (reader_.state() == http::RequestReader::State::refused) {
    reply.answer = refusal(reader_.status(), "This request cannot be read.\n");
    return reply;
  }
  reply = hub_.service.reply(reader_.request(), headers_, peer_, now());
  if (hub_.closing) reply.ending = Ending::close;
  return reply;
}

Bytes Connection::body_of(const Reply& reply) const {
  switch (reply.answer.body) {
    case Answer::Body::none:
      return {};
    case Answer::Body::text:
      return as_bytes(reply.answer.text);
    case Answer::Body::image:
    case Answer::Body::gzip:
      return reply.content->bytes().subspan(reply.answer.range.first, reply.answer.range.count);
  }
  return {};
}

/// False: it was the last.
asio::awaitable<bool> Connection::answer_request() {
  const Reply reply = decide();
  if (reply.delay.count() > 0) co_await delay(reply.delay);
  std::array<std::uint8_t, answer_head_bytes> room{};
  http::TextWriter head{room};
  write_head(head, reply.answer, reply.ending, date_now());
  sent_ = 0;
  enter(Phase::sending);
  const bool whole = co_await send(as_bytes(head.view()), body_of(reply));
  note(reply, head.size(), whole);
  co_return whole&& reply.ending == Ending::keep_alive;
}

asio::awaitable<void> Connection::delay(milliseconds time) {
  enter(Phase::delayed);
  hub_.service.begin_delay();
  asio::steady_timer timer{co_await asio::this_coro::executor};
  for (const auto end = since_ + time; SteadyClock::now() < end && !given_up_;) {
    std::error_code ignored;
    timer.expires_at(std::min(end, SteadyClock::now() + look_around));
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  hub_.service.end_delay();
}

asio::awaitable<bool> Connection::send(Bytes head, Bytes body) {
  turn_bytes_ += request_cost_bytes;
  while (!head.empty() || !body.empty()) {
    if (turn_bytes_ >= longest_turn_bytes) co_await let_others();
    if (given_up_) co_return false;
    const Transport::Step step = transport_.write(head, body);
    const std::size_t of_head = std::min(step.count, head.size());
    head = head.subspan(of_head);
    body = body.subspan(step.count - of_head);
    sent_ += step.count;
    turn_bytes_ += step.count;
    if (step.need != Need::nothing && !co_await wait(step.need)) co_return false;
  }
  co_return true;
}

/// A peer that still sends when its socket is closed here may never read its answer: it gets a reset (RFC
/// 9112 9.6).
asio::awaitable<void> Connection::drain() {
  transport_.end_writing();
  enter(Phase::draining);
  std::size_t left{65536};
  while (left > 0) {
    const Transport::Step step = transport_.discard(input_);
    left -= std::min(left, step.count);
    if (step.need != Need::nothing && !co_await wait(step.need)) co_return;
  }
}

/// False: there is nothing to wait for any more.
asio::awaitable<bool> Connection::wait(Need need) {
  if (given_up_ || need == Need::ended || need == Need::failed) co_return false;
  const auto event = need == Need::readable ? asio::socket_base::wait_read : asio::socket_base::wait_write;
  std::error_code error;
  co_await socket_.async_wait(event, asio::redirect_error(asio::use_awaitable, error));
  turn_bytes_ = 0;
  co_return !error && !given_up_;
}

asio::awaitable<void> Connection::let_others() {
  turn_bytes_ = 0;
  co_await asio::post(asio::use_awaitable);
}

void Connection::note(const Reply& reply, std::size_t head_bytes, bool whole) {
  const bool readable = reader_.state() == http::RequestReader::State::whole;
  const DeviceRequest device = readable ? headers_.device() : DeviceRequest{};
  const std::string address = posix::to_text(peer_);
  LogEntry entry;
  entry.unix_seconds = unix_seconds();
  entry.address = address;
  entry.name = device.name;
  entry.mac = device.mac;
  entry.token = reply.token;
  entry.runs = device.version;
  entry.runs_digest = device.digest;
  entry.method = readable ? name_of(reader_.request().method) : "?";
  entry.target = readable ? reader_.request().target : std::string_view{};
  entry.status = reply.answer.status;
  if (reply.answer.offer) {
    entry.version = reply.answer.offer->image->version();
    entry.sha256 = reply.answer.offer->image->sha256_text;
  }
  entry.bytes = sent_ - std::min(sent_, head_bytes);
  entry.ending = whole ? "whole" : given_up_ ? "stalled" : "cut";
  entry.remark = reply.answer.remark;
  hub_.log.add(entry);
  if (hub_.flush_scheduled) return;
  hub_.flush_scheduled = true;
  asio::post(socket_.get_executor(), [&hub = hub_] {
    hub.flush_scheduled = false;
    hub.log.flush();
  });
}

}  // namespace airlift::server
