#pragma once
// One check: from the question to the image's entry in the boot record, or to the reason why there is none.
// docs/design/pull.md, "One check".

#include "airlift/element/ota_element.hpp"
#include "airlift/pull/judgement.hpp"
#include "airlift/pull/request_text.hpp"

namespace airlift::pull {

inline constexpr seconds head_timeout{30};
inline constexpr seconds tail_timeout{30};
inline constexpr seconds drip_window{30};
inline constexpr std::uint32_t least_drip_bytes{4096};  ///< within drip_window, or it counts as a cut
inline constexpr seconds longest_pause{60};
inline constexpr std::uint32_t most_cuts{8};  ///< without so much in between:
inline constexpr std::uint32_t cut_forgiven_bytes{65536};

enum class CheckResult : std::uint8_t {
  up_to_date,
  installed,  ///< the restart follows
  ruled_out,  ///< this image is not for us, for this reason
  failed,     ///< the reason says nothing about an image: it is worth asking again
};
[[nodiscard]] std::string_view name_of(CheckResult result);

class PullCourse {
 public:
  enum class State : std::uint8_t {
    idle,       ///< begin() ends it
    asking,     ///< ended by a whole head of an answer, an error, 30 s
    looking,    ///< ended by the trailer's last byte, an error, 30 s
    receiving,  ///< ended by the image's last byte, an error, less than 4 KiB in 30 s
    pausing,    ///< ended by the time to ask again after a cut
    finishing,  ///< ended by the updater: done or failed
    over,       ///< outcome() tells; begin() ends it
  };

  struct Outcome {
    CheckResult result{CheckResult::failed};
    UpdateError error{UpdateError::none};
    image::VersionText version;  ///< of what was offered; empty: not known
    seconds retry_after{0};      ///< the server does not want to be asked sooner
  };

  struct Ports {
    port::HttpClient& client;
    port::OfferMemory& memory;
    port::Calendar& calendar;
  };
  /// All outlive the course.
  PullCourse(const Ports& ports, element::OtaElement& ota, update::Updater& updater,
             const PullSettings& settings)
      : ports_{ports}, ota_{ota}, updater_{updater}, settings_{settings} {}

  /// In `idle` or `over`. The settings are usable(). The asker's texts last until the check is over.
  void begin(const Asker& asker, Instant now);
  /// Takes what has come, and does at most one block's work. False: nothing was there to do.
  [[nodiscard]] bool step(Instant now);
  /// How long step() may wait when nothing comes. Not in `idle` and `over`.
  [[nodiscard]] milliseconds wait(Instant now) const;
  /// Gives up for this reason. Harmless when nothing is on.
  void abort(UpdateError reason);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool running() const { return state_ != State::idle && state_ != State::over; }
  /// In `over`.
  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  /// An image is on its way: how much of it there is, and its size.
  [[nodiscard]] std::uint32_t received_bytes() const { return owns_upload_ ? updater_.received_bytes() : 0; }
  [[nodiscard]] std::uint32_t size_bytes() const { return offer_.size_bytes; }

 private:
  /// What a request is for.
  enum class Purpose : std::uint8_t {
    question,  ///< the file's last bytes, or all of it
    image,     ///< all of it
    rest,      ///< what is missing after a cut
  };
  using Direct = element::DirectUpload;
  using Response = port::HttpClient::Response;

  void enter(State state, milliseconds at_most);
  void end(CheckResult result, UpdateError error);
  void fail(UpdateError error) { end(CheckResult::failed, error); }
  /// As fail(), but for what is the image's own fault.
  void refuse(UpdateError error);
  void let_go_of_upload(UpdateError reason);

  void ask(Purpose purpose);
  void send();
  void add_conditions();
  [[nodiscard]] bool watch_head();
  void take_head(const Response& response);
  void follow(std::string_view location);
  void take_offer(const Result<Offer>& offer, std::size_t tail_bytes);
  void take_not_modified(const Response& response);
  void take_rest(const Response& response);

  [[nodiscard]] bool look();
  [[nodiscard]] bool read_tail();
  void decide();
  [[nodiscard]] bool ruled_out(const Offer& offer, Bytes tail);
  [[nodiscard]] update::Announcement announcement() const;

  [[nodiscard]] bool receive();
  void keep_tail(Bytes bytes, std::uint32_t offset);
  void watch_progress();
  void expect_end_of_body();
  void finish();
  [[nodiscard]] bool finish_step();

  void lost(UpdateError error);
  void cut(UpdateError reason, Purpose next);
  [[nodiscard]] bool go_on();

  [[nodiscard]] Known known() const;
  [[nodiscard]] bool remembers_what_counts();
  void remember(const crypto::Sha256Digest& image);
  [[nodiscard]] Bytes tail() const { return Bytes{tail_}.first(tail_size_); }

  Ports ports_;
  element::OtaElement& ota_;
  update::Updater& updater_;
  const PullSettings& settings_;
  State state_{State::idle};
  Outcome outcome_;
  Instant now_;
  Instant deadline_;  ///< of the state

  Asker asker_;
  Url origin_;
  Url url_;  ///< of this hop
  int redirects_{0};
  RequestHeaders headers_;
  Purpose purpose_{Purpose::question};
  port::OfferMemory::Record memory_;
  bool asked_with_etag_{false};

  Offer offer_;
  bool body_is_whole_{false};  ///< the answer at hand brings the image, not only its tail
  std::array<std::uint8_t, image::longest_trailer_bytes> tail_{};
  std::size_t tail_size_{0};  ///< known bytes of tail_
  std::size_t tail_wanted_{0};

  bool owns_upload_{false};  ///< the direct upload of the ota element is ours
  std::uint32_t window_start_bytes_{0};
  std::uint32_t forgiven_at_bytes_{0};
  std::uint32_t cuts_{0};
  Purpose after_pause_{Purpose::question};
};

}  // namespace airlift::pull
