#include "airlift_posix/tcp_listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <cerrno>
#include <system_error>

#include "airlift_posix/address.hpp"

namespace airlift::posix {

TcpListener::TcpListener(EventLoop& loop, const port::IpAddress& address, std::uint16_t port,
                         std::function<void()> ready)
    : loop_{loop} {
  const port::Endpoint endpoint{address, port, 0};
  const int family = family_of(address);
  const auto bind_to = to_socket_address(endpoint, family);
  const int on{1};
  // Accepted sockets inherit it: the kernel takes no more than this beyond what is on its way, so that what
  // write() took is what the peer is about to get, and a slow device's progress is not that of our buffer.
  const int most_unsent_bytes{32768};
  // An honest client stands in line behind this many strangers; with less it would be left to chance.
  constexpr int waiting_connections{32};
  fd_.reset(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_ || setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      setsockopt(fd_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most_unsent_bytes, sizeof(most_unsent_bytes)) !=
          0 ||
      bind(fd_.get(), bind_to->get(), bind_to->size) != 0 || listen(fd_.get(), waiting_connections) != 0) {
    throw std::system_error{errno, std::generic_category(), "listen on " + to_text(endpoint)};
  }
  watch_ = loop_.watch(fd_.get(), Interest::readable, std::move(ready));
}

std::optional<TcpListener::Accepted> TcpListener::accept() {
  auto accepted = accept_socket();
  if (!accepted) return std::nullopt;
  return Accepted{std::make_unique<TcpStream>(loop_, std::move(accepted->fd)), accepted->peer};
}

std::optional<TcpListener::AcceptedSocket> TcpListener::accept_socket() {
  SocketAddress peer;
  UniqueFd fd{accept4(fd_.get(), peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (!fd) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) rest();
    return std::nullopt;
  }
  return AcceptedSocket{std::move(fd), to_endpoint(peer.get())};
}

bool TcpListener::someone_waits() const {
  pollfd poll_for{fd_.get(), POLLIN, 0};
  return poll(&poll_for, 1, 0) > 0;
}

/// Without it the loop would spin on a connection that cannot be taken.
void TcpListener::rest() {
  constexpr std::chrono::milliseconds until_next_try{200};
  pause();
  rested_ = loop_.after(until_next_try, [this] { resume(); });
}

std::uint16_t TcpListener::local_port() const {
  return local_port_of(fd_.get());
}

}  // namespace airlift::posix
