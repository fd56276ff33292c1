#pragma once
// Answers the datagrams of the upload protocol: who may upload, and what. The table of answers is in
// docs/design/upload-protocol.md; the code follows its order.

#include <optional>

#include "airlift/element/access_settings.hpp"
#include "airlift/element/challenge_table.hpp"
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
  /// Of PBKDF2 in one step(): a fraction of a millisecond on Linux, about 15 ms on an ESP8266.
  static constexpr std::uint32_t rounds_per_step{100};

  struct Policy {
    std::string_view password;  ///< or its hash; empty: none is asked for
    wire::PasswordScheme scheme{wire::PasswordScheme::md5};
    AccessSettings::Use extension{AccessSettings::Use::on};
    wire::ExtensionAnswer extension_answer{};  ///< what it says but for the nonce
    AccessSettings::Kept kept{AccessSettings::Kept::password};
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
    bool extension{false};                   ///< the reply is an extension's challenge
    std::optional<port::Endpoint> host;      ///< then: where to connect to, when the uploader wants that
    port::Endpoint reply_to;
  };

  /// What the desk shares with others. All outlive it.
  struct Shared {
    port::Entropy& entropy;
    const update::Updater& updater;
    ChallengeTable& challenges;
    TryLimiter& limiter;
  };
  explicit InvitationDesk(const Shared& shared)
      : entropy_{shared.entropy},
        updater_{shared.updater},
        challenges_{shared.challenges},
        limiter_{shared.limiter} {}

  void set_policy(const Policy& policy) { policy_ = policy; }

  /// Takes one datagram; not while checking().
  [[nodiscard]] Verdict handle(Bytes datagram, const port::Endpoint& from, const Situation& situation,
                               Instant now);

  /// True while a response is being checked; step() goes on, and gives the verdict when it is there.
  [[nodiscard]] bool checking() const { return check_.has_value(); }
  [[nodiscard]] std::optional<Verdict> step(const Situation& situation, Instant now);

 private:
  /// An extension's line, and the datagram it came in.
  struct Request {
    wire::ExtensionRequest line;
    Bytes datagram;
    port::Endpoint from;
  };
  struct Check {
    wire::PasswordProof proof;
    wire::Response response;
    wire::Invitation invitation;
    port::Endpoint uploader;
    port::Endpoint reply_to;
  };

  [[nodiscard]] static Verdict refusal(UpdateError error, const port::Endpoint& to,
                                       std::string_view detail = {});
  [[nodiscard]] Verdict handle_invitation(Bytes datagram, const port::Endpoint& from,
                                          const Situation& situation, Instant now);
  [[nodiscard]] Verdict handle_status_request(const Request& request, const Situation& situation,
                                              Instant now);
  [[nodiscard]] Verdict handle_auth_answer(Bytes datagram, const port::Endpoint& from, Instant now);
  [[nodiscard]] std::optional<wire::ExtensionRequest> extension_request(Bytes datagram) const;
  [[nodiscard]] bool is_accepted_again(const wire::Invitation& invitation, const port::Endpoint& from,
                                       const Situation& situation) const;
  [[nodiscard]] std::optional<Verdict> too_many_tries(const port::Endpoint& from, Instant now) const;
  [[nodiscard]] std::optional<Verdict> no_room(const wire::Invitation& invitation,
                                               const port::Endpoint& from) const;
  [[nodiscard]] Verdict challenge(const wire::Invitation& invitation, const port::Endpoint& from,
                                  Instant now);
  [[nodiscard]] Verdict challenge_extension(const Request& request, const wire::Invitation& invitation,
                                            Instant now);
  [[nodiscard]] Verdict accept(const wire::Invitation& invitation, const port::Endpoint& uploader,
                               const port::Endpoint& reply_to);
  [[nodiscard]] Verdict wrong_password(const port::Endpoint& from, Instant now);

  port::Entropy& entropy_;
  const update::Updater& updater_;
  ChallengeTable& challenges_;
  TryLimiter& limiter_;
  Policy policy_;
  std::optional<Check> check_;
  wire::Invitation last_accepted_;
  port::Endpoint last_uploader_;
};

}  // namespace airlift::element
