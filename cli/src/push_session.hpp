#pragma once
// The uploader's course of one upload, without sockets, files and clocks: it is told what arrived and what
// time it is, and says what to send and when to wake it. Facts about the devices:
// docs/design/upload-protocol.md and esp8266/Arduino 3.x, espressif/arduino-esp32 2.x/3.x,
// libraries/ArduinoOTA.

#include <optional>
#include <string>
#include <variant>

#include "airlift/base/time.hpp"
#include "airlift/port/network.hpp"
#include "airlift/port/system.hpp"
#include "airlift/wire/answer_stream.hpp"
#include "airlift/wire/invitation.hpp"
#include "airlift/wire/password.hpp"
#include "airlift/wire/reply.hpp"
#include "push_failure.hpp"

namespace airlift::cli {

struct PushPlan {
  wire::Invitation invitation;
  port::Endpoint device;
  std::string device_text;   ///< for messages: "devding (192.168.1.20:8266)"
  std::string listening_at;  ///< for messages: "0.0.0.0:41234"
  std::string password;      ///< empty: none
  /// Which hash a device of the SHA-256 scheme is tried with first; after sha256, md5 is tried, too.
  wire::StoredHash first_hash{wire::StoredHash::sha256};
  milliseconds answer_timeout{10000};
};

class PushSession {
 public:
  enum class State : std::uint8_t {
    idle,                 ///< start() ends it
    inviting,             ///< an answer, the device's connection or answer_timeout ends it
    proving,              ///< the word on our password, the device's connection or proof_timeout ends it
    awaiting_connection,  ///< the device's connection, a refusal or connect_timeout ends it
    sending,              ///< the last byte, a result, the connection's end or stall_timeout ends it
    awaiting_result,      ///< a result, the connection's end or result_timeout without a word ends it
    hearing_error,        ///< the end of the line or of the connection or error_line_timeout ends it
    succeeded,            ///< final
    failed,               ///< final; failure() says why
  };

  // An invitation that is not answered is sent again after 1 s, then every 2 s: an ESP8266 that still waits
  // for the answer to an older challenge swallows the first one and answers the next.
  static constexpr milliseconds first_retry{1000};
  static constexpr milliseconds next_retry{2000};
  /// How long one proof of the password may take in all; espota waits as long.
  static constexpr milliseconds proof_timeout{10000};
  /// The same answer is sent so often before a new invitation asks for a new challenge.
  static constexpr int most_proof_sends{2};
  static constexpr milliseconds connect_timeout{10000};
  static constexpr milliseconds stall_timeout{10000};
  /// Real devices verify and sleep a second before their result.
  static constexpr milliseconds result_timeout{60000};
  static constexpr milliseconds error_line_timeout{1000};

  /// `entropy` must outlive the session.
  PushSession(PushPlan plan, port::Entropy& entropy);

  void start(Instant now);

  // What happened. Anything may come at any time; what does not fit the state is ignored.
  void datagram(Instant now, const port::Endpoint& from, Bytes bytes);
  enum class Welcome : std::uint8_t { device, stranger };
  /// Tells whose connection it is; a stranger's must be closed.
  [[nodiscard]] Welcome connection(Instant now, const port::Endpoint& peer);
  void bytes_taken(Instant now, std::size_t count);  ///< of the file, by the connection
  void answers(Instant now, Bytes bytes);            ///< from the connection
  void connection_closed(Instant now);               ///< the device will send no more
  void connection_broken(Instant now);
  void tick(Instant now);  ///< to be called at wake_at() at the latest
  void cancel();
  void fail(PushFailure failure);  ///< something failed outside: the file, a socket

  // What to do.
  /// The datagram to send to the device now, once.
  [[nodiscard]] std::optional<std::string> take_datagram();
  /// How many bytes of the file, from offset bytes_sent(), may be offered to the connection.
  [[nodiscard]] std::uint32_t bytes_to_send() const;
  [[nodiscard]] std::uint32_t bytes_sent() const { return sent_; }
  [[nodiscard]] Instant wake_at() const { return wake_at_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool finished() const { return state_ == State::succeeded || state_ == State::failed; }
  /// Only when failed.
  [[nodiscard]] const PushFailure& failure() const { return *failure_; }
  /// Where in its course the upload is.
  [[nodiscard]] Stage stage() const;

 private:
  struct Connected {};
  struct Taken {
    std::size_t count;
  };
  struct Answered {};
  struct Closed {};
  struct Broken {};
  struct Tick {};
  using Event = std::variant<wire::Reply, Connected, Taken, Answered, Closed, Broken, Tick>;

  void handle(const Event& event);
  void while_inviting(const Event& event);
  void while_proving(const Event& event);
  void while_awaiting_connection(const Event& event);
  void while_sending(const Event& event);
  void while_awaiting_result(const Event& event);
  void while_hearing_error(const Event& event);

  void enter(State state, milliseconds wake_in);
  void fail(UpdateError code, std::string message);
  void send_invitation();
  void send_proof();
  void prove(std::string_view nonce);
  void on_wrong_password();
  void on_refusal(std::string_view words);
  void on_result();
  void no_answer();
  void no_connect_back();
  void lost(std::string_view how);
  void reject();

  PushPlan plan_;
  port::Entropy& entropy_;
  State state_{State::idle};
  Instant now_{};
  Instant wake_at_{};
  Instant answer_deadline_{};  ///< of inviting and proving
  std::optional<std::string> outgoing_;
  int invitations_{0};
  bool challenged_{false};  ///< by this device, since the password was last refused
  wire::StoredHash hash_;
  wire::PasswordScheme scheme_{wire::PasswordScheme::md5};
  wire::Nonce nonce_;  ///< of the challenge answered last
  std::string proof_;
  int proof_sends_{0};
  wire::AnswerStream answers_;
  std::uint32_t sent_{0};
  int strangers_{0};
  port::Endpoint last_stranger_;
  std::optional<PushFailure> failure_;
};

}  // namespace airlift::cli
