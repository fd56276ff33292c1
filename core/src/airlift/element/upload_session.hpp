#pragma once
// Takes one accepted upload: connects back, takes the bytes, says how it ended. States and what ends them,
// and why the result is repeated: docs/design/upload-protocol.md.

#include "airlift/base/time.hpp"
#include "airlift/port/network.hpp"
#include "airlift/update/updater.hpp"
#include "airlift/wire/answer_stream.hpp"
#include "airlift/wire/invitation.hpp"

namespace airlift::element {

class UploadSession {
 public:
  enum class State : std::uint8_t {
    idle,        ///< begin() ends it
    connecting,  ///< ended by the connection, its failure, or connect_timeout
    receiving,   ///< ended by the last byte, an error, first_byte_timeout, receive_timeout, a lost connection
    finishing,   ///< ended by the updater: done or failed
    reporting,   ///< ended by the uploader's closing, or result_timeout
    ended,       ///< error() and committed() say how; begin() or acknowledge() ends it
  };

  /// Both outlive the session.
  UploadSession(port::Stream& stream, update::Updater& updater) : stream_{stream}, updater_{updater} {}

  /// Starts to connect to `host`. Outcomes: ok; bad_size, no_space: see Updater::begin(); network_failed.
  [[nodiscard]] Status begin(const update::Announcement& announcement, const port::Endpoint& host,
                             Instant now);

  /// Does what can be done now, at most one block's work. Returns how long the caller may wait for the
  /// network before the next call; 0: there is more to do.
  [[nodiscard]] milliseconds loop(Instant now);

  /// Ends whatever is on; the connection closes. What was committed stays so.
  void abort();
  /// From `ended` to `idle`.
  void acknowledge() { state_ = State::idle; }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool running() const { return state_ != State::idle && state_ != State::ended; }
  /// Why there is no new image; none while there is no reason, and when committed().
  [[nodiscard]] UpdateError error() const { return error_; }
  /// The new image is active.
  [[nodiscard]] bool committed() const { return committed_; }
  [[nodiscard]] std::uint32_t received_bytes() const { return updater_.received_bytes(); }
  [[nodiscard]] bool waiting_for_first_byte() const {
    return state_ == State::connecting || (state_ == State::receiving && received_bytes() == 0);
  }
  [[nodiscard]] std::uint32_t size_bytes() const { return updater_.announcement().size_bytes; }

 private:
  void enter(State state, Instant now);
  void end(UpdateError error);
  void fail(UpdateError error, Instant now);

  void connect(Instant now);
  [[nodiscard]] Result<port::Stream::Read> read_piece();
  [[nodiscard]] milliseconds receive(Instant now);
  [[nodiscard]] milliseconds finish(Instant now);
  [[nodiscard]] milliseconds report(Instant now);

  [[nodiscard]] wire::ErrorLine outbox_text() const;
  /// Sends what waits to be sent. False: the connection is lost.
  [[nodiscard]] bool flush_outbox();

  port::Stream& stream_;
  update::Updater& updater_;
  State state_{State::idle};
  UpdateError error_{UpdateError::none};
  bool committed_{false};
  Instant entered_at_;     ///< the present state
  Instant last_byte_at_;   ///< or the beginning of `receiving`
  Instant result_due_at_;  ///< in `reporting`
  /// What waits to be sent, perhaps partly sent.
  enum class Outbox : std::uint8_t {
    empty,   ///< bytes that came, or a result, end it
    count,   ///< its being sent ends it, as the next
    result,  ///< error_ or, when committed_, `OK`
  };
  Outbox outbox_{Outbox::empty};
  std::uint32_t outbox_count_{0};
  std::size_t outbox_sent_{0};
  std::uint32_t uncounted_bytes_{0};  ///< taken, but not yet in the outbox
};

}  // namespace airlift::element
