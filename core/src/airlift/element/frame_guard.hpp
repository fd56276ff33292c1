#pragma once
// Who may speak on a connection: proves an OFFER or a QUERY by its challenge and MAC.
// docs/design/upload-protocol.md, "The device's course".

#include "airlift/element/challenge_table.hpp"
#include "airlift/element/extension_key.hpp"
#include "airlift/element/try_limiter.hpp"
#include "airlift/wire/frame.hpp"

namespace airlift::element {

class FrameGuard {
 public:
  /// All outlive the guard.
  FrameGuard(ChallengeTable& challenges, TryLimiter& limiter, ExtensionKey& key)
      : challenges_{challenges}, limiter_{limiter}, key_{key} {}

  struct Proof {
    UpdateError refusal{UpdateError::none};
    wire::DetailText detail;
    wire::Key
        session_key{};  ///< zeros while nothing is proven: a real one would let anybody try passwords on it
  };
  /// Only when key().ready(). `nonce` is that of the frame. Closes the challenge. Refusals: too_many_tries,
  /// no_challenge, wrong_password.
  [[nodiscard]] Proof check(wire::FrameType type, Bytes payload, const wire::DeviceNonce& nonce,
                            const port::Endpoint& source, Instant now);

  /// Whether SECURE with this nonce may cost us a handshake: its challenge is open, and stays so, and its
  /// source need not wait.
  [[nodiscard]] bool may_secure(const wire::DeviceNonce& nonce, const port::Endpoint& source,
                                Instant now) const;
  /// A handshake failed, which is a wrong password: only who has the right one gets through it.
  void handshake_failed(const port::Endpoint& source, Instant now);

  [[nodiscard]] ExtensionKey& key() { return key_; }

 private:
  [[nodiscard]] const Challenge* find(const wire::DeviceNonce& nonce, const port::Endpoint& source,
                                      Instant now) const;

  ChallengeTable& challenges_;
  TryLimiter& limiter_;
  ExtensionKey& key_;
};

}  // namespace airlift::element
