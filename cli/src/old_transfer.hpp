#pragma once
// The bytes of the image to a device of the old protocol, and its result: from the connection on, without
// sockets, files and clocks. Facts about the devices: docs/design/upload-protocol.md.

#include <optional>
#include <string>
#include <variant>

#include "airlift/base/time.hpp"
#include "airlift/wire/answer_stream.hpp"
#include "push_failure.hpp"

namespace airlift::cli {

class OldTransfer {
 public:
  enum class State : std::uint8_t {
    sending,          ///< the last byte, a result, the connection's end or stall_timeout ends it
    awaiting_result,  ///< a result, the connection's end or result_timeout without a word ends it
    hearing_error,    ///< the end of the line or of the connection or error_line_timeout ends it
    succeeded,        ///< final
    failed,           ///< final; failure() says why
  };

  static constexpr milliseconds stall_timeout{10000};
  /// Real devices verify and sleep a second before their result.
  static constexpr milliseconds result_timeout{60000};
  static constexpr milliseconds error_line_timeout{1000};

  /// The connection stands. `device_text`: for messages.
  OldTransfer(Instant now, std::uint32_t size_bytes, std::string device_text);

  // What happened. Anything may come at any time; what does not fit the state is ignored.
  void bytes_taken(Instant now, std::size_t count);  ///< of the file, by the connection
  void answers(Instant now, Bytes bytes);            ///< from the connection
  void connection_closed(Instant now);               ///< the device will send no more
  void connection_broken(Instant now);
  void tick(Instant now);          ///< to be called at wake_at() at the latest
  void fail(PushFailure failure);  ///< something failed outside: the file

  // What to do.
  /// How many bytes of the file, from offset taken_bytes(), may be offered to the connection.
  [[nodiscard]] std::uint32_t bytes_to_send() const;
  [[nodiscard]] std::uint32_t taken_bytes() const { return sent_; }
  [[nodiscard]] Instant wake_at() const { return wake_at_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool finished() const { return state_ == State::succeeded || state_ == State::failed; }
  [[nodiscard]] Stage stage() const { return state_ == State::sending ? Stage::transfer : Stage::verify; }
  /// Only when failed.
  [[nodiscard]] const PushFailure& failure() const { return *failure_; }

 private:
  struct Taken {
    std::size_t count;
  };
  struct Answered {};
  struct Closed {};
  struct Broken {};
  struct Tick {};
  using Event = std::variant<Taken, Answered, Closed, Broken, Tick>;

  void handle(const Event& event);
  void while_sending(const Event& event);
  void while_awaiting_result(const Event& event);
  void while_hearing_error(const Event& event);
  void enter(State state, milliseconds wake_in);
  void fail(UpdateError code, std::string message);
  void on_result();
  void lost(std::string_view how);
  void reject();

  std::uint32_t size_bytes_;
  std::string device_text_;
  State state_{State::sending};
  Instant now_;
  Instant wake_at_{};
  wire::AnswerStream answers_;
  std::uint32_t sent_{0};
  std::optional<PushFailure> failure_;
};

}  // namespace airlift::cli
