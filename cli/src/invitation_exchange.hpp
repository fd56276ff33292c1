#pragma once
// The uploader's course from the first invitation to a TCP connection, without sockets and clocks: it is told
// what arrived and what time it is, and says what to send, where to connect, and when to wake it. It speaks
// both protocols: docs/design/upload-protocol.md, and esp8266/Arduino 3.x, espressif/arduino-esp32 2.x/3.x,
// libraries/ArduinoOTA.

#include <optional>
#include <string>
#include <vector>

#include "airlift/base/time.hpp"
#include "airlift/wire/extension.hpp"
#include "airlift/wire/invitation.hpp"
#include "airlift/wire/reply.hpp"
#include "device_upload.hpp"
#include "old_password.hpp"

namespace airlift::cli {

struct InvitationPlan {
  std::optional<wire::Invitation> invitation;  ///< none: asks for the status; then use is not looked at
  std::string device_name;                     ///< for messages
  std::vector<port::Endpoint> endpoints;       ///< where it may be; not empty
  std::uint16_t host_port{0};                  ///< where the device may connect to
  std::string listening_at;                    ///< for messages: "0.0.0.0:41234"
  std::string password;                        ///< empty: none
  wire::StoredHash first_hash{wire::StoredHash::sha256};
  ExtensionUse extension{ExtensionUse::automatic};
  bool encrypt{false};
  milliseconds answer_timeout{10000};
};

class InvitationExchange {
 public:
  enum class State : std::uint8_t {
    idle,                 ///< start() ends it
    inviting,             ///< an answer, the device's connection or answer_timeout ends it
    proving,              ///< the word on our password, the device's connection or proof_timeout ends it
    dialling,             ///< dialled(), dial_failed() or dial_timeout ends it
    awaiting_connection,  ///< the device's connection, a refusal or connect_timeout ends it
    connected,            ///< final; protocol() says what is spoken on the connection
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
  static constexpr milliseconds dial_timeout{1500};
  /// An endpoint that so many invitations could not reach is given up: a device that starts up refuses the
  /// first.
  static constexpr int most_troubles{3};

  /// `entropy` must outlive it.
  InvitationExchange(InvitationPlan plan, port::Entropy& entropy);

  void start(Instant now);

  // What happened. Anything may come at any time; what does not fit the state is ignored.
  void datagram(Instant now, const port::Endpoint& from, Bytes bytes);
  enum class Trouble : std::uint8_t {
    not_sent,     ///< the system has no way there: trying again is of no use
    unreachable,  ///< a router, or this machine for its own network, says that it is not there
    refused,      ///< the device says that nothing listens on this port
  };
  void trouble(Instant now, const port::Endpoint& to, Trouble trouble, std::string_view words);
  enum class Welcome : std::uint8_t { device, stranger };
  /// Tells whose connection it is; a stranger's must be closed.
  [[nodiscard]] Welcome connection(Instant now, const port::Endpoint& peer);
  void dialled(Instant now);
  void dial_failed(Instant now, std::string_view why);
  void tick(Instant now);          ///< to be called at wake_at() at the latest
  void fail(PushFailure failure);  ///< something failed outside

  // What to do.
  struct Outgoing {
    std::string text;
    port::Endpoint to;
  };
  /// The datagram to send now, once.
  [[nodiscard]] std::optional<Outgoing> take_datagram();
  /// In `dialling`: where to connect to.
  [[nodiscard]] port::Endpoint dial_to() const;
  [[nodiscard]] Instant wake_at() const { return wake_at_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool finished() const { return state_ == State::connected || state_ == State::failed; }
  /// Where in its course the upload is.
  [[nodiscard]] Stage stage() const;
  /// Only when failed.
  [[nodiscard]] const PushFailure& failure() const { return *failure_; }

  // When connected:
  [[nodiscard]] Protocol protocol() const { return answer_ ? Protocol::extension : Protocol::old; }
  [[nodiscard]] const port::Endpoint& device() const { return ways_.front().endpoint; }
  /// Of the extension: the device's answer, and the digests the session's key is made of.
  [[nodiscard]] const wire::ExtensionAnswer& answer() const { return *answer_; }
  [[nodiscard]] const crypto::Sha256Digest& request_sha256() const { return request_sha256_; }
  [[nodiscard]] const crypto::Sha256Digest& answer_sha256() const { return answer_sha256_; }

 private:
  enum class Event : std::uint8_t { connected, tick };
  enum class Connector : std::uint8_t { host, device };  ///< who is to connect, by the extension
  struct Way {                                           ///< to the device
    port::Endpoint endpoint;
    int troubles{0};
    Trouble last{Trouble::not_sent};
    std::string words;
  };

  void handle(Event event);
  void handle(const wire::Reply& reply);
  void connected_while_inviting();
  void reply_while_inviting(const wire::Reply& reply);
  void reply_while_proving(const wire::Reply& reply);
  void take_answer(const wire::ExtensionAnswer& answer, Bytes bytes);
  [[nodiscard]] bool acceptable(const wire::ExtensionAnswer& answer);

  void enter(State state, milliseconds wake_in);
  void begin_inviting(Connector connector);
  void send_invitation();
  void choose_next_way();
  void keep_only(std::size_t way);
  void send_proof();
  void prove(std::string_view nonce);
  void on_wrong_password();
  void on_refusal(std::string_view words);
  void ask_to_connect(std::string_view why);

  [[nodiscard]] std::optional<std::size_t> way_of(const port::IpAddress& address) const;
  [[nodiscard]] bool speaks_extension() const;
  [[nodiscard]] bool extension_only() const;
  [[nodiscard]] std::string device_text() const;
  [[nodiscard]] std::string troubles() const;

  void fail(UpdateError code, std::string message);
  void no_entropy();
  void password_needed();
  void extension_missing();
  void no_way();
  void no_answer();
  void no_connection(std::string_view of_device);
  void no_connect_back();

  InvitationPlan plan_;
  port::Entropy& entropy_;
  OldPassword password_;
  std::vector<Way> ways_;  ///< invited last: the first; once the device has answered: only that one
  State state_{State::idle};
  Instant now_{};
  Instant wake_at_{};
  Instant answer_deadline_{};  ///< of inviting and proving
  std::string request_;        ///< the datagram that invites
  std::optional<Outgoing> outgoing_;
  int invitations_{0};
  bool challenged_{false};  ///< by this device, since the password was last refused
  int proof_sends_{0};
  Connector connector_{Connector::host};
  std::string dial_failure_;     ///< why the host could not connect
  bool connected_early_{false};  ///< the device has connected, its answer is still on the way
  std::optional<wire::DeviceNonce> stale_nonce_;  ///< of the answer to the invitation before
  std::optional<wire::ExtensionAnswer> answer_;
  crypto::Sha256Digest request_sha256_{};
  crypto::Sha256Digest answer_sha256_{};
  int strangers_{0};
  port::Endpoint last_stranger_;
  std::optional<PushFailure> failure_;
};

}  // namespace airlift::cli
