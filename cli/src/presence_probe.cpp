#include "presence_probe.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "airlift_posix/address.hpp"

namespace airlift::cli {
namespace {

/// Neither a number nor a line of Airlift's: real devices read "0 0 0" and an MD5 of one character, and
/// Airlift nothing; none answers (esp8266/Arduino 3.x and espressif/arduino-esp32 2.x/3.x, ArduinoOTA.cpp,
/// _onRx()).
constexpr std::string_view unanswered_datagram{"?\n"};

/// A socket of `type` that is connected to `device`, or on its way there.
posix::UniqueFd connected_socket(int type, const port::IpAddress& from, const port::Endpoint& device) {
  const int family = posix::family_of(device.address);
  posix::UniqueFd fd{socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const auto to = posix::to_socket_address(device, family);
  if (!fd || !to) return {};
  if (!posix::is_any(from)) {
    const auto local = posix::to_socket_address({from, 0, 0}, family);
    if (!local || bind(fd.get(), local->get(), local->size) != 0) return {};
  }
  if (connect(fd.get(), to->get(), to->size) != 0 && errno != EINPROGRESS && errno != ECONNREFUSED) return {};
  return fd;
}

int error_of(int fd) {
  int error{0};
  socklen_t size{sizeof(error)};
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

PresenceProbe::PresenceProbe(posix::EventLoop& loop, const port::IpAddress& from,
                             const port::Endpoint& device, Done done)
    : loop_{loop}, done_{std::move(done)} {
  end_in(begin(from, device) ? answer_timeout : milliseconds{0}, Presence::away);
}

/// The datagram goes first, so that the word on it is there when the one on TCP is.
bool PresenceProbe::begin(const port::IpAddress& from, const port::Endpoint& device) {
  udp_ = connected_socket(SOCK_DGRAM, from, device);
  if (!udp_ || send(udp_.get(), unanswered_datagram.data(), unanswered_datagram.size(), 0) < 0) return false;
  tcp_ = connected_socket(SOCK_STREAM, from, device);
  if (!tcp_) return false;
  udp_watch_ = loop_.watch(udp_.get(), posix::Interest::readable, [this] { look_at_udp(); });
  tcp_watch_ = loop_.watch(tcp_.get(), posix::Interest::writable, [this] { look_at_tcp(); });
  return true;
}

void PresenceProbe::look_at_udp() {
  udp_watch_.reset();
  refused_ = error_of(udp_.get()) == ECONNREFUSED;
}

void PresenceProbe::look_at_tcp() {
  tcp_watch_.reset();
  const int error = error_of(tcp_.get());
  if (error != 0 && error != ECONNREFUSED) return end_in(milliseconds{0}, Presence::away);
  end_in(refusal_time, Presence::there);
}

void PresenceProbe::end_in(milliseconds delay, Presence presence) {
  timer_ = loop_.after(delay, [this, presence] {
    // Told once: a network that says later that it found nobody is not asked any more.
    udp_watch_.reset();
    tcp_watch_.reset();
    const Done done = std::move(done_);
    done(presence == Presence::there && refused_ ? Presence::network_only : presence);
  });
}

}  // namespace airlift::cli
