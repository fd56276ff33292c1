#pragma once
// One connection of a browser or a tool, from its first byte to its last.

#include "airlift/http/answer.hpp"
#include "airlift/http/request_reader.hpp"
#include "airlift/web/input.hpp"
#include "airlift/web/routes.hpp"
#include "airlift/web/upload_course.hpp"

namespace airlift::web {

class WebConnection {
 public:
  enum class State : std::uint8_t {
    free,       ///< begin() ends it
    head,       ///< ended by a whole head, one that is refused, head_timeout or idle_timeout, give_way()
    body,       ///< ended by the last byte of a form or a configuration file, an error, body_timeout
    upload,     ///< ended by the end of the upload, good or bad, or body_timeout
    answering,  ///< ended by the last byte taken, or answer_timeout
    streaming,  ///< like answering, with nothing to send at the moment: ended by the next event, or the peer
    closing,    ///< the answer is sent: ended by the peer's closing, linger_timeout, drain_timeout
  };

  void begin(const port::StreamPool::Connection& connection, Transport transport, Instant now);
  /// Does what can be done now, at most one piece of an answer or one block of an image. Returns how long the
  /// caller may wait for the network before the next call; 0: there is more to do.
  [[nodiscard]] milliseconds loop(Site& site, Instant now);
  /// Ends whatever is on.
  void abort(Site& site);

  [[nodiscard]] State state() const { return state_; }
  /// Since when it has been doing what it does, when another connection may have its place.
  [[nodiscard]] std::optional<Instant> gives_way_since(Instant now) const;

 private:
  [[nodiscard]] std::optional<milliseconds> grace() const;
  void enter(State state, Instant now);
  void release(Site& site);
  [[nodiscard]] milliseconds patience(milliseconds timeout, Instant now) const;

  [[nodiscard]] milliseconds read_head(Site& site, Instant now);
  void dispatch(Site& site, Instant now);
  [[nodiscard]] Refusal judge_body() const;
  [[nodiscard]] Refusal begin_body(Site& site);
  [[nodiscard]] milliseconds read_body(Site& site, Instant now);
  [[nodiscard]] Status take_body(Site& site, std::size_t count);
  [[nodiscard]] milliseconds take_upload(Site& site, Instant now);

  template <typename Make>
  void answer(Site& site, Instant now, Make make);
  void refuse(Site& site, const Refusal& refusal, Instant now);
  void format_head();
  [[nodiscard]] milliseconds send(Site& site, Instant now);
  void prepare(Site& site, Instant now);
  void prepare_piece(Site& site, Instant now);
  void end_answer(Site& site, Instant now);
  [[nodiscard]] milliseconds wait_for_event(Site& site, Instant now);
  [[nodiscard]] milliseconds linger(Site& site, Instant now);

  State state_{State::free};
  port::Stream* stream_{nullptr};
  Visitor visitor_;
  Instant entered_at_;  ///< the present state
  Instant moved_at_;    ///< the last byte came or went, or the state began
  milliseconds head_patience_{};
  Input input_;
  http::RequestReader reader_;
  const Route* route_{nullptr};
  std::uint64_t body_left_{0};  ///< not taken yet
  std::size_t form_bytes_{0};
  UploadCourse upload_;

  Answer answer_;
  bool keep_alive_{false};
  bool chunked_{false};
  bool streams_{false};  ///< counts among the site's event streams
  Bytes pending_;        ///< to be sent now
  enum class Next : std::uint8_t { whole, pieces, last_chunk, nothing } next_{Next::nothing};
  Instant next_event_at_;
  std::array<std::uint8_t, http::answer_head_bytes> head_{};
  /// The form of a call, then the body of its answer or a piece of it.
  std::array<std::uint8_t, http::most_body_bytes> text_{};
};

}  // namespace airlift::web
