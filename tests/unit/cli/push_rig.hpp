#pragma once
// The uploader's sans-IO parts with their surroundings scripted: what they send is kept, what arrives is said
// by the test.

#include <string>
#include <string_view>

#include "invitation_exchange.hpp"
#include "old_transfer.hpp"
#include "support/fake_system.hpp"

namespace airlift::testing {

inline constexpr std::uint32_t rig_image_bytes{5000};

inline port::Endpoint ipv4(std::uint8_t last, std::uint16_t port) {
  return {port::IpAddress{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 168, 1, last}}, port, 0};
}

inline const port::Endpoint rig_device{ipv4(20, 8266)};

inline cli::InvitationPlan rig_plan() {
  cli::InvitationPlan plan;
  plan.invitation = {wire::Command::firmware, 0, rig_image_bytes, crypto::md5(as_bytes("image"))};
  plan.device_name = "devding";
  plan.endpoints = {rig_device};
  plan.host_port = 40123;
  plan.listening_at = "0.0.0.0:40123";
  plan.extension = cli::ExtensionUse::off;
  return plan;
}

/// Lets time pass as the drivers do: the part is woken whenever it asked for it.
template <typename Part>
void pass_time(FakeClock& clock, Part& part, milliseconds duration) {
  const Instant end = clock.now() + duration;
  while (!part.finished() && part.wake_at() <= end) {
    clock.time = std::max(clock.time, part.wake_at());
    part.tick(clock.now());
  }
  clock.time = end;
}

struct InvitationRig {
  using Exchange = cli::InvitationExchange;
  using State = Exchange::State;

  explicit InvitationRig(cli::InvitationPlan plan = rig_plan()) : exchange{std::move(plan), entropy} {
    exchange.start(clock.now());
  }

  void says(std::string_view datagram, port::Endpoint from = rig_device) {
    exchange.datagram(clock.now(), from, as_bytes(datagram));
  }
  /// The datagram it wants to send now; empty when none.
  std::string sent() {
    const auto datagram = exchange.take_datagram();
    if (datagram) to = datagram->to;
    return datagram ? datagram->text : "";
  }
  void wait(milliseconds duration) { pass_time(clock, exchange, duration); }
  void connects(port::Endpoint from = ipv4(20, 50000)) { welcome = exchange.connection(clock.now(), from); }

  [[nodiscard]] State state() const { return exchange.state(); }
  /// none while it has not failed.
  [[nodiscard]] UpdateError error() const {
    return state() == State::failed ? exchange.failure().code : UpdateError::none;
  }

  FakeClock clock;
  FakeEntropy entropy;
  Exchange exchange;
  Exchange::Welcome welcome{Exchange::Welcome::stranger};
  port::Endpoint to;  ///< of the datagram sent last
};

struct OldTransferRig {
  using State = cli::OldTransfer::State;

  void wait(milliseconds duration) { pass_time(clock, transfer, duration); }
  void takes(std::size_t count) { transfer.bytes_taken(clock.now(), count); }
  void take_everything() { takes(transfer.bytes_to_send()); }
  void answers(std::string_view text) { transfer.answers(clock.now(), as_bytes(text)); }
  void closes() { transfer.connection_closed(clock.now()); }
  void breaks() { transfer.connection_broken(clock.now()); }

  [[nodiscard]] State state() const { return transfer.state(); }
  [[nodiscard]] UpdateError error() const {
    return state() == State::failed ? transfer.failure().code : UpdateError::none;
  }

  FakeClock clock;
  cli::OldTransfer transfer{clock.now(), rig_image_bytes, "devding (192.168.1.20:8266)"};
};

}  // namespace airlift::testing
