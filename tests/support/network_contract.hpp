#pragma once
// What the contract tests of sockets need on Linux, of real sockets and of their fakes.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <deque>
#include <string_view>

#include "airlift_posix/address.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "contract/portable/network_subject.hpp"
#include "support/eventually.hpp"
#include "support/portable_contract.hpp"

namespace airlift::testing {

/// `Contract` is a NetworkSubject.
template <typename Contract>
class OnEventLoop : public Contract {
 protected:
  posix::EventLoop loop_;

 private:
  bool go_on_until(bool (*holds)(void*), void* context) override {
    return eventually(loop_, [&] { return holds(context); });
  }
};

/// The network of a fake goes no further by itself.
template <typename Contract>
class OnFake : public Contract {
 private:
  bool go_on_until(bool (*holds)(void*), void* context) override {
    for (int i = 0; i < 100; ++i) {
      if (holds(context)) return true;
    }
    return false;
  }
};

/// As add_contract(), on a machine that has IPv6.
template <typename Port, typename Subject, std::size_t Count>
bool add_ipv6_contract(const char* suite, const contract::Case<Subject> (&cases)[Count]) {
  posix::EventLoop loop;
  return posix::UdpSocket{loop, *posix::parse_address("::1")}.open(0).ok() &&
         add_contract<Port>(suite, cases);
}

/// Peers that connect, made of system calls only.
class ConnectingPeers {
 public:
  void connect(const port::Endpoint& to) {
    const int family = posix::family_of(to.address);
    address_ = to.address;
    posix::UniqueFd& peer = sockets_.emplace_back(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto address = posix::to_socket_address(to, family);
    EXPECT_EQ(::connect(peer.get(), address->get(), address->size), 0);
  }
  [[nodiscard]] port::Endpoint last() const {
    return {address_, posix::local_port_of(sockets_.back().get()), 0};
  }
  void last_sends(std::string_view text) {
    EXPECT_EQ(::send(sockets_.back().get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }

 private:
  port::IpAddress address_;
  std::deque<posix::UniqueFd> sockets_;
};

}  // namespace airlift::testing
