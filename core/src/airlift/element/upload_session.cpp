#include "airlift/element/upload_session.hpp"

#include <algorithm>

namespace airlift::element {
namespace {

constexpr milliseconds now_again{0};

milliseconds time_until(Instant deadline, Instant now) {
  return std::max(deadline - now, milliseconds{0});
}

}  // namespace

Status UploadSession::begin(const update::Announcement& announcement, const port::Endpoint& host,
                            Instant now) {
  if (const Status begun = updater_.begin(announcement); !begun.ok()) return begun;
  if (const Status connecting = stream_.connect(host); !connecting.ok()) {
    updater_.abort();
    return connecting;
  }
  error_ = UpdateError::none;
  committed_ = false;
  outbox_ = Outbox::empty;
  outbox_sent_ = 0;
  uncounted_bytes_ = 0;
  enter(State::connecting, now);
  return {};
}

void UploadSession::enter(State state, Instant now) {
  state_ = state;
  entered_at_ = now;
  if (state == State::receiving) last_byte_at_ = now;
  if (state == State::reporting) result_due_at_ = now;
}

void UploadSession::end(UpdateError error) {
  if (error_ == UpdateError::none && !committed_) error_ = error;
  if (!committed_) updater_.abort(error);
  stream_.close();
  state_ = State::ended;
}

void UploadSession::fail(UpdateError error, Instant now) {
  error_ = error;
  updater_.abort(error);
  enter(State::reporting, now);
}

void UploadSession::abort() {
  if (running()) end(UpdateError::cancelled);
}

milliseconds UploadSession::loop(Instant now) {
  switch (state_) {
    case State::connecting:
      connect(now);
      return state_ == State::connecting ? time_until(entered_at_ + wire::connect_timeout, now) : now_again;
    case State::receiving:
      return receive(now);
    case State::finishing:
      return finish(now);
    case State::reporting:
      return report(now);
    case State::idle:
    case State::ended:
      break;
  }
  return milliseconds::max();
}

void UploadSession::connect(Instant now) {
  switch (stream_.state()) {
    case port::Stream::State::open:
      enter(State::receiving, now);
      return;
    case port::Stream::State::connecting:
      if (now - entered_at_ >= wire::connect_timeout) end(UpdateError::connect_failed);
      return;
    case port::Stream::State::closed:
    case port::Stream::State::failed:
      end(UpdateError::connect_failed);
      return;
  }
}

/// Reads what is there, up to the next boundary. A chunk that crosses one gets two answers, and a lock-step
/// uploader then runs ahead by one chunk: so many boundaries make it stream (docs/benchmarks.md).
Result<port::Stream::Read> UploadSession::read_piece() {
  constexpr std::size_t answered_bytes{4096};
  port::Stream::Read all{};
  for (;;) {
    const MutableBytes room = updater_.room();
    const MutableBytes piece =
        room.first(std::min<std::size_t>(room.size(), answered_bytes - received_bytes() % answered_bytes));
    const Result<port::Stream::Read> read = stream_.read(piece);
    if (!read.ok()) return read;
    if (read.value().count > 0) updater_.took(read.value().count);
    all.count += read.value().count;
    all.end_of_data = read.value().end_of_data;
    const bool more = read.value().count == piece.size() && !updater_.room().empty();
    if (!more || received_bytes() % answered_bytes == 0) return all;
  }
}

milliseconds UploadSession::receive(Instant now) {
  const Result<port::Stream::Read> read = read_piece();
  if (!read.ok()) {
    end(read.error());
    return now_again;
  }
  if (const std::size_t bytes = read.value().count; bytes > 0) {
    last_byte_at_ = now;
    uncounted_bytes_ += static_cast<std::uint32_t>(bytes);
  }
  if (!flush_outbox()) {
    end(UpdateError::connection_lost);
    return now_again;
  }
  updater_.step();
  const milliseconds patience = waiting_for_first_byte() ? wire::first_byte_timeout : wire::receive_timeout;
  if (updater_.phase() == update::Updater::Phase::failed) {
    fail(updater_.error(), now);
  } else if (updater_.phase() != update::Updater::Phase::receiving) {
    enter(State::finishing, now);
  } else if (read.value().end_of_data) {
    end(UpdateError::connection_lost);
  } else if (now - last_byte_at_ >= patience) {
    fail(UpdateError::stalled, now);
  } else if (read.value().count == 0) {
    return time_until(last_byte_at_ + patience, now);
  }
  return now_again;
}

milliseconds UploadSession::finish(Instant now) {
  if (!flush_outbox()) {
    end(UpdateError::connection_lost);
    return now_again;
  }
  updater_.step();
  if (updater_.phase() == update::Updater::Phase::done) {
    committed_ = true;
    enter(State::reporting, now);
  } else if (updater_.phase() == update::Updater::Phase::failed) {
    fail(updater_.error(), now);
  }
  return now_again;
}

milliseconds UploadSession::report(Instant now) {
  std::array<std::uint8_t, 512> thrown_away{};
  const Result<port::Stream::Read> read = stream_.read(thrown_away);
  const bool more = read.ok() && read.value().count > 0;
  // An uploader in the middle of its chunks waits for an answer to each.
  if (more) result_due_at_ = now;
  if (now >= result_due_at_ && outbox_ == Outbox::empty && uncounted_bytes_ == 0) {
    outbox_ = Outbox::result;
    result_due_at_ = now + wire::result_interval;
  }
  const bool sent = flush_outbox();
  // Looked at only now, so that an uploader which ended its own direction early gets the result, too.
  const bool closed = !read.ok() || read.value().end_of_data;
  if (!sent || closed || now - entered_at_ >= wire::result_timeout) {
    end(UpdateError::connection_lost);
    return now_again;
  }
  if (more) return now_again;
  return time_until(std::min(result_due_at_, entered_at_ + wire::result_timeout), now);
}

wire::ErrorLine UploadSession::outbox_text() const {
  switch (outbox_) {
    case Outbox::count:
      return wire::ErrorLine{}.append_number(outbox_count_);
    case Outbox::result:
      return committed_ ? wire::ErrorLine{wire::ok_answer} : wire::format_error_line(error_);
    case Outbox::empty:
      break;
  }
  return {};
}

bool UploadSession::flush_outbox() {
  if (outbox_ == Outbox::empty && uncounted_bytes_ > 0) {
    outbox_ = Outbox::count;
    outbox_count_ = uncounted_bytes_;
    uncounted_bytes_ = 0;
  }
  if (outbox_ == Outbox::empty) return true;
  const wire::ErrorLine text = outbox_text();
  const Result<std::size_t> written = stream_.write(as_bytes(text).subspan(outbox_sent_));
  if (!written.ok()) return false;
  outbox_sent_ += written.value();
  if (outbox_sent_ == text.size()) {
    outbox_ = Outbox::empty;
    outbox_sent_ = 0;
  }
  return true;
}

}  // namespace airlift::element
