#pragma once
// Arduino's pluggable discovery, version 1: a client (arduino-cli, Arduino IDE 2) writes commands, one a
// line, and reads JSON messages.
// https://arduino.github.io/arduino-cli/latest/pluggable-discovery-specification

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "device_list.hpp"

namespace airlift::cli {

/// Decides what is answered. It reads and writes nothing itself: whoever holds it passes on what the client
/// wrote and what mDNS saw, and writes what comes back, lines of JSON or nothing, to the client.
class DiscoveryProtocol {
 public:
  /// A longer command is answered with an error, however long it is.
  static constexpr std::size_t longest_line{1024};

  /// What the client wrote, in any pieces.
  [[nodiscard]] std::string feed(std::string_view bytes);
  /// What the browser saw of `_arduino._tcp`.
  [[nodiscard]] std::string take(const posix::BrowserEvent& event);
  /// The client said QUIT: nothing is taken or answered any more.
  [[nodiscard]] bool ended() const { return state_ == State::ended; }

 private:
  enum class State : std::uint8_t {
    greeting,  ///< HELLO -> idle
    idle,      ///< START -> running; START_SYNC -> syncing
    running,   ///< STOP -> idle; answers LIST
    syncing,   ///< STOP -> idle; tells every change
    ended,     ///< nothing; every other state ends here by QUIT
  };
  /// By address: to the client, that is what tells network ports apart.
  using Ports = std::map<std::string, Device>;

  [[nodiscard]] std::string answer(std::string_view line);
  [[nodiscard]] std::string hello(std::string_view arguments);
  [[nodiscard]] std::string start(State state, std::string_view event);
  [[nodiscard]] std::string list() const;
  [[nodiscard]] std::string stop();
  [[nodiscard]] std::string quit();
  [[nodiscard]] Ports ports() const;
  [[nodiscard]] std::string changes();
  void set_state(State state) { state_ = state; }

  State state_{State::greeting};
  bool mdns_failed_{false};
  bool line_too_long_{false};
  std::string line_;  ///< what is there of a command whose end is still to come
  DeviceList devices_;
  Ports announced_;  ///< while syncing: what the client knows
};

}  // namespace airlift::cli
