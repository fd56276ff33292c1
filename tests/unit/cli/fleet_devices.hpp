#pragma once
// Devices of a push in every state, as the views get them.

#include "fleet_view.hpp"
#include "push_rig.hpp"

namespace airlift::testing {

inline constexpr std::uint32_t mebibyte{1024 * 1024};

inline cli::FleetDevice fleet_device(const std::string& name, cli::Schedule::State state) {
  cli::FleetDevice device;
  device.asked = name;
  device.state = state;
  device.report.target = {name, {ipv4(20, 8266)}, "esp12"};
  device.report.device = ipv4(20, 8266);
  device.report.size_bytes = mebibyte;
  return device;
}

inline cli::FleetDevice sending_device(const std::string& name) {
  cli::FleetDevice device = fleet_device(name, cli::Schedule::State::running);
  device.stage = cli::Stage::transfer;
  device.report.taken_bytes = mebibyte / 2;
  device.transfer_time = seconds{2};
  return device;
}

inline cli::FleetDevice proven_device(const std::string& name) {
  cli::FleetDevice device = fleet_device(name, cli::Schedule::State::succeeded);
  device.report.proof = cli::Proof::confirmed;
  device.report.protocol = cli::Protocol::extension;
  device.report.image_sha256 = crypto::Sha256Digest{0xAB, 0xCD, 0xEF};
  device.report.duration = milliseconds{3200};
  device.report.sent_bytes = device.report.taken_bytes = mebibyte;
  return device;
}

inline cli::FleetDevice failed_device(const std::string& name, UpdateError code = UpdateError::wrong_password,
                                      cli::Stage stage = cli::Stage::authenticate) {
  cli::FleetDevice device = fleet_device(name, cli::Schedule::State::failed);
  device.report.failure = cli::make_failure(code, stage, "what happened");
  return device;
}

}  // namespace airlift::testing
