#pragma once
// Answers the datagrams of the upload protocol: who may upload, and what. The table of answers is in
// docs/design/upload-protocol.md; the code follows its order.

#include <array>
#include <optional>

#include "airlift/element/try_limiter.hpp"
#include "airlift/port/network.hpp"
#include "airlift/port/system.hpp"
#include "airlift/update/updater.hpp"
#include "airlift/wire/invitation.hpp"
#include "airlift/wire/password.hpp"
#include "airlift/wire/reply.hpp"

namespace airlift::element {

[[nodiscard]] constexpr image::Kind kind_of(wire::Command command) {
  return command == wire::Command::filesystem ? image::Kind::filesystem : image::Kind::firmware;
}

class InvitationDesk {
 public:
  static constexpr std::size_t most_challenges{4};
  /// Of PBKDF2 in one step(): a fraction of a millisecond on Linux, about 15 ms on an ESP8266.
  static constexpr std::uint32_t rounds_per_step{100};

  struct Policy {
    std::string_view password;  ///< empty: none is asked for
    wire::PasswordScheme scheme{wire::PasswordScheme::md5};
  };

  /// What the desk has to know about the rest of the device.
  struct Situation {
    bool safe_mode{false};
    bool upload_running{false};
    bool waiting_for_first_byte{false};  ///< the uploader may not know yet that it was accepted
  };

  /// What to do about a datagram.
  struct Verdict {
    wire::ReplyText reply;                   ///< empty: nothing to send
    UpdateError refusal{UpdateError::none};  ///< why the reply is no `OK` and no challenge
    bool accepted{false};                    ///< begin the upload of `invitation` from `uploader`
    wire::Invitation invitation;             ///< when accepted
    port::Endpoint uploader;                 ///< when accepted: where the invitation came from
    port::Endpoint reply_to;
  };

  /// Both outlive the desk.
  InvitationDesk(port::Entropy& entropy, const update::Updater& updater)
      : entropy_{entropy}, updater_{updater} {}

  void set_policy(const Policy& policy) { policy_ = policy; }

  /// Takes one datagram; not while checking().
  [[nodiscard]] Verdict handle(Bytes datagram, const port::Endpoint& from, const Situation& situation,
                               Instant now);

  /// True while a response is being checked; step() goes on, and gives the verdict when it is there.
  [[nodiscard]] bool checking() const { return check_.has_value(); }
  [[nodiscard]] std::optional<Verdict> step(const Situation& situation, Instant now);

 private:
  struct Challenge {
    bool open{false};
    wire::Invitation invitation;
    port::Endpoint uploader;
    wire::Nonce nonce;
    Instant issued_at;
  };
  struct Check {
    wire::PasswordProof proof;
    wire::Response response;
    Challenge challenge;
    port::Endpoint reply_to;
  };

  [[nodiscard]] Verdict handle_invitation(Bytes datagram, const port::Endpoint& from,
                                          const Situation& situation, Instant now);
  [[nodiscard]] Verdict handle_auth_answer(Bytes datagram, const port::Endpoint& from, Instant now);
  [[nodiscard]] Verdict challenge(const wire::Invitation& invitation, const port::Endpoint& from,
                                  Instant now);
  [[nodiscard]] Verdict accept(const wire::Invitation& invitation, const port::Endpoint& uploader,
                               const port::Endpoint& reply_to);
  [[nodiscard]] Verdict wrong_password(const port::Endpoint& from, Instant now);
  [[nodiscard]] Challenge* open_challenge(const port::Endpoint& from, Instant now);
  [[nodiscard]] Challenge& place_for_challenge(const port::Endpoint& from, Instant now);

  port::Entropy& entropy_;
  const update::Updater& updater_;
  Policy policy_;
  std::array<Challenge, most_challenges> challenges_{};
  TryLimiter limiter_;
  std::optional<Check> check_;
  wire::Invitation last_accepted_;
  port::Endpoint last_uploader_;
};

}  // namespace airlift::element
