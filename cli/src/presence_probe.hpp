#pragma once
// Looks once whether an old device can be reached: a TCP connection to its OTA port is accepted or refused,
// which tells that its network is there, and a datagram that no real device answers is not refused. Needs no
// rights and changes nothing.

#include <array>
#include <functional>

#include "airlift_posix/event_loop.hpp"
#include "airlift_posix/unique_fd.hpp"
#include "return_course.hpp"

namespace airlift::cli {

class PresenceProbe {
 public:
  /// A device that takes longer is away.
  static constexpr milliseconds answer_timeout{1000};
  /// After the word on TCP: the one on UDP may come that much later.
  static constexpr milliseconds refusal_time{100};

  /// Is told once, from the loop; it may destroy the probe.
  using Done = std::function<void(Presence)>;

  /// Begins at once. `from`: the address to look from; an any-address: the system chooses.
  PresenceProbe(posix::EventLoop& loop, const port::IpAddress& from, const port::Endpoint& device, Done done);

 private:
  [[nodiscard]] bool begin(const port::IpAddress& from, const port::Endpoint& device);
  void look_at_tcp();
  void look_at_udp();
  void end_in(milliseconds delay, Presence presence);

  posix::EventLoop& loop_;
  Done done_;
  posix::UniqueFd tcp_;
  posix::UniqueFd udp_;
  posix::Watch tcp_watch_;  ///< behind the descriptors: they must go first
  posix::Watch udp_watch_;
  bool refused_{false};  ///< the datagram
  posix::Timer timer_;
};

}  // namespace airlift::cli
