#include "old_transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace airlift::cli {
namespace {

template <typename Wanted, typename Event>
bool is(const Event& event) {
  return std::holds_alternative<Wanted>(event);
}

long long whole_seconds(milliseconds duration) {
  return std::chrono::duration_cast<seconds>(duration).count();
}

}  // namespace

OldTransfer::OldTransfer(Instant now, std::uint32_t size_bytes, std::string device_text)
    : size_bytes_{size_bytes}, device_text_{std::move(device_text)}, now_{now} {
  enter(State::sending, stall_timeout);
}

void OldTransfer::bytes_taken(Instant now, std::size_t count) {
  now_ = now;
  if (count > 0) handle(Taken{count});
}

void OldTransfer::answers(Instant now, Bytes bytes) {
  now_ = now;
  answers_.feed(bytes);
  handle(Answered{});
}

void OldTransfer::connection_closed(Instant now) {
  now_ = now;
  handle(Closed{});
}

void OldTransfer::connection_broken(Instant now) {
  now_ = now;
  handle(Broken{});
}

void OldTransfer::tick(Instant now) {
  now_ = now;
  if (now >= wake_at_) handle(Tick{});
}

std::uint32_t OldTransfer::bytes_to_send() const {
  return state_ == State::sending ? size_bytes_ - sent_ : 0;
}

void OldTransfer::handle(const Event& event) {
  switch (state_) {
    case State::sending:
      return while_sending(event);
    case State::awaiting_result:
      return while_awaiting_result(event);
    case State::hearing_error:
      return while_hearing_error(event);
    case State::succeeded:
    case State::failed:
      return;
  }
}

void OldTransfer::while_sending(const Event& event) {
  if (const auto* taken = std::get_if<Taken>(&event)) {
    sent_ += static_cast<std::uint32_t>(std::min<std::size_t>(taken->count, size_bytes_ - sent_));
    return sent_ == size_bytes_ ? enter(State::awaiting_result, result_timeout)
                                : enter(State::sending, stall_timeout);
  }
  if (is<Answered>(event)) {
    enter(State::sending, stall_timeout);
    return on_result();
  }
  if (is<Closed>(event)) return lost("closed the connection");
  if (is<Broken>(event)) return lost("broke the connection");
  if (is<Tick>(event)) {
    fail(UpdateError::stalled, fmt::format("{} took {} of {} bytes, then nothing for {} s", device_text_,
                                           sent_, size_bytes_, whole_seconds(stall_timeout)));
  }
}

void OldTransfer::while_awaiting_result(const Event& event) {
  if (is<Answered>(event)) {
    enter(State::awaiting_result, result_timeout);
    return on_result();
  }
  if (is<Broken>(event)) return lost("broke the connection");
  if (is<Closed>(event)) {
    fail(UpdateError::no_result,
         fmt::format("{} took all {} bytes and closed without saying how it ended", device_text_, sent_));
  } else if (is<Tick>(event)) {
    fail(UpdateError::no_result, fmt::format("{} took all {} bytes, then said nothing for {} s", device_text_,
                                             sent_, whole_seconds(result_timeout)));
  }
}

void OldTransfer::while_hearing_error(const Event& event) {
  if (is<Answered>(event)) return on_result();
  if (is<Closed>(event) || is<Broken>(event) || is<Tick>(event)) reject();
}

void OldTransfer::enter(State state, milliseconds wake_in) {
  state_ = state;
  wake_at_ = now_ + wake_in;
}

void OldTransfer::fail(PushFailure failure) {
  if (finished()) return;
  failure_ = std::move(failure);
  state_ = State::failed;
}

void OldTransfer::fail(UpdateError code, std::string message) {
  fail(make_failure(code, stage(), std::move(message)));
}

void OldTransfer::on_result() {
  switch (answers_.result()) {
    case wire::AnswerStream::Result::none_yet:
      return;
    case wire::AnswerStream::Result::ok:
      if (sent_ == size_bytes_) return enter(State::succeeded, {});
      return fail(UpdateError::bad_answer,
                  fmt::format("{} said OK after {} of {} bytes", device_text_, sent_, size_bytes_));
    case wire::AnswerStream::Result::error:
      if (answers_.complete()) return reject();
      if (state_ != State::hearing_error) enter(State::hearing_error, error_line_timeout);
      return;
    case wire::AnswerStream::Result::nonsense:
      return fail(
          UpdateError::bad_answer,
          fmt::format("{} answered the image with bytes that are neither counts nor a result", device_text_));
  }
}

void OldTransfer::reject() {
  fail(rejection(device_text_, answers_.error_text(), answers_.error_number()));
}

void OldTransfer::lost(std::string_view how) {
  fail(UpdateError::connection_lost,
       fmt::format("{} {} after {} of {} bytes", device_text_, how, sent_, size_bytes_));
}

}  // namespace airlift::cli
