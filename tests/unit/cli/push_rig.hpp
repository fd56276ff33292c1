#pragma once
// A push session with its surroundings scripted: what it sends is kept, what arrives is said by the test.

#include <string>
#include <string_view>

#include "push_session.hpp"
#include "support/fake_system.hpp"

namespace airlift::testing {

inline constexpr std::uint32_t rig_image_bytes{5000};

inline port::Endpoint ipv4(std::uint8_t last, std::uint16_t port) {
  return {port::IpAddress{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 168, 1, last}}, port, 0};
}

inline cli::PushPlan rig_plan() {
  cli::PushPlan plan;
  plan.invitation = {wire::Command::firmware, 40123, rig_image_bytes, crypto::md5(as_bytes("image"))};
  plan.device = ipv4(20, 8266);
  plan.device_text = "devding (192.168.1.20:8266)";
  plan.listening_at = "0.0.0.0:40123";
  return plan;
}

struct PushRig {
  explicit PushRig(cli::PushPlan plan = rig_plan()) : session{std::move(plan), entropy} {
    session.start(clock.now());
  }

  void says(std::string_view datagram, port::Endpoint from = ipv4(20, 8266)) {
    session.datagram(clock.now(), from, as_bytes(datagram));
  }
  /// The datagram the session wants to send now; empty when none.
  std::string sent() { return session.take_datagram().value_or(""); }

  /// Lets time pass as the driver does: the session is woken whenever it asked for it.
  void wait(milliseconds duration) {
    const Instant end = clock.now() + duration;
    while (!session.finished() && session.wake_at() <= end) {
      clock.time = std::max(clock.time, session.wake_at());
      session.tick(clock.now());
    }
    clock.time = end;
  }

  void connects(port::Endpoint from = ipv4(20, 50000)) { welcome = session.connection(clock.now(), from); }
  void takes(std::size_t count) { session.bytes_taken(clock.now(), count); }
  void answers(std::string_view text) { session.answers(clock.now(), as_bytes(text)); }
  void closes() { session.connection_closed(clock.now()); }
  void breaks() { session.connection_broken(clock.now()); }

  /// Up to the point where the device has all bytes.
  void take_everything() {
    says("OK");
    connects();
    takes(session.bytes_to_send());
  }

  [[nodiscard]] cli::PushSession::State state() const { return session.state(); }
  /// none while the session has not failed.
  [[nodiscard]] UpdateError error() const {
    return state() == cli::PushSession::State::failed ? session.failure().code : UpdateError::none;
  }

  FakeClock clock;
  FakeEntropy entropy;
  cli::PushSession session;
  cli::PushSession::Welcome welcome{cli::PushSession::Welcome::stranger};
};

}  // namespace airlift::testing
