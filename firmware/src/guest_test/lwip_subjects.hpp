#pragma once
// lwIP's side of the contract tests of sockets: what is tested and its peers meet at 127.0.0.1.

#include <array>
#include <chrono>

#include "board/board.hpp"
#include "contract/portable/datagram_socket_contract.hpp"
#include "contract/portable/listener_contract.hpp"
#include "contract/portable/stream_contract.hpp"
#include "guest_test/lwip_peer.hpp"
#include "net/lwip_datagram_socket.hpp"
#include "net/lwip_listener.hpp"
#include "net/lwip_stream.hpp"
#include "net/lwip_stream_pool.hpp"
#include "net/network.hpp"

namespace airlift::firmware {

/// The subject of a contract, on a network that goes on when it is polled.
template <typename Contract>
class OnLwip : public Contract {
 public:
  explicit OnLwip(Network& network) : network_{network} {}

 private:
  bool go_on_until(bool (*holds)(void*), void* context) override {
    const auto deadline = board::uptime() + seconds{20};
    while (!holds(context)) {
      if (board::uptime() > deadline) return false;
      network_.poll();
    }
    return true;
  }

  Network& network_;
};

class LwipDatagramSubject : public OnLwip<contract::DatagramSubject> {
 public:
  explicit LwipDatagramSubject(Network& network) : OnLwip{network} {
    LWIP_ASSERT("the test can begin", peer_.open(0).ok());
  }

  port::DatagramSocket& tested() override { return socket_; }
  void peer_sends(std::string_view text) override {
    LWIP_ASSERT("the test can begin", peer_.send(as_bytes(text), {loopback(), socket_.local_port(), 0}).ok());
  }
  contract::Inbox peer_receives() override {
    contract::Inbox inbox;
    std::optional<port::DatagramSocket::Received> received;
    if (comes_about([&] { return (received = peer_.receive(inbox.room())).has_value(); }))
      inbox.add(received->size_bytes);
    return inbox;
  }
  port::Endpoint peer_endpoint() override { return {loopback(), peer_.local_port(), 0}; }
  std::uint16_t taken_port() override { return peer_.local_port(); }

 private:
  LwipDatagramSocket socket_;
  LwipDatagramSocket peer_;
};

class LwipStreamSubject : public OnLwip<contract::StreamSubject> {
 public:
  explicit LwipStreamSubject(Network& network) : OnLwip{network} { peer_.listen(); }

  port::Stream& tested() override { return stream_; }
  bool connects() override { return connects_to(peer_); }
  bool connects_again() override {
    new_peer_.listen();
    return connects_to(new_peer_);
  }
  void begin_to_connect_in_vain() override {
    const port::Endpoint nobody = peer_.listening_at();
    peer_.stop_listening();
    LWIP_ASSERT("the test can begin", stream_.connect(nobody).ok());
  }
  void peer_reads() override { current_->read(); }
  void peer_sends(std::string_view text) override { current_->send(text); }
  void peer_ends_data() override { current_->end_data(); }
  void peer_resets() override { current_->reset(); }
  std::string_view peer_received() override { return current_->inbox.text(); }
  bool peer_saw_end() override { return current_->saw_end; }

 private:
  bool connects_to(LwipPeer& peer) {
    current_ = &peer;
    return stream_.connect(peer.listening_at()).ok() &&
           comes_about([&] { return stream_.state() == State::open && peer.connected(); });
  }

  LwipStream stream_;
  LwipPeer peer_;
  LwipPeer new_peer_;
  LwipPeer* current_{&peer_};
};

/// `tested_` is a LwipListener or LwipStreamPool, and `Contract` its contract.
template <typename Contract>
class OnLwipWithPeers : public OnLwip<Contract> {
 public:
  using OnLwip<Contract>::OnLwip;

  void peer_connects() override {
    LwipPeer& peer = peers_[connected_++];
    peer.connect(tested_port());
    LWIP_ASSERT("the test can begin", this->comes_about([&] { return peer.connected(); }));
  }
  port::Endpoint peer_endpoint() override { return last().endpoint(); }
  void peer_sends(std::string_view text) override { last().send(text); }

 private:
  [[nodiscard]] virtual std::uint16_t tested_port() const = 0;
  [[nodiscard]] LwipPeer& last() { return peers_[connected_ - 1]; }

  std::array<LwipPeer, 4> peers_;
  std::size_t connected_{0};
};

class LwipListenerSubject : public OnLwipWithPeers<contract::ListenerSubject> {
 public:
  using OnLwipWithPeers::OnLwipWithPeers;

  port::Listener& tested() override { return listener_; }
  port::Stream& stream() override { return stream_; }
  std::uint16_t taken_port() override {
    LWIP_ASSERT("the test can begin", other_listener_.listen(0).ok());
    return other_listener_.local_port();
  }

 private:
  [[nodiscard]] std::uint16_t tested_port() const override { return listener_.local_port(); }

  LwipStream stream_;
  LwipListener listener_{stream_};
  LwipListener other_listener_{stream_};
};

class LwipStreamPoolSubject : public OnLwipWithPeers<contract::StreamPoolSubject> {
 public:
  using OnLwipWithPeers::OnLwipWithPeers;

  port::StreamPool& tested() override { return pool_; }
  std::uint16_t taken_port() override {
    LWIP_ASSERT("the test can begin", other_pool_.listen(0).ok());
    return other_pool_.local_port();
  }

 private:
  [[nodiscard]] std::uint16_t tested_port() const override { return pool_.local_port(); }

  LwipStreamPool<2> pool_;
  LwipStreamPool<2> other_pool_;
};

}  // namespace airlift::firmware
