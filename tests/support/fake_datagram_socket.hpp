#pragma once
// A datagram socket whose network is the test.

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "airlift/port/network.hpp"

namespace airlift::testing {

/// 192.0.2.<last>, an address for documentation (RFC 5737).
[[nodiscard]] inline port::Endpoint test_endpoint(std::uint8_t last, std::uint16_t port) {
  return {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, last}}, port, 0};
}

class FakeDatagramSocket final : public port::DatagramSocket {
 public:
  struct Datagram {
    port::Endpoint peer;
    std::string text;
  };
  static constexpr std::uint16_t system_chosen_port{49152};

  [[nodiscard]] Status open(std::uint16_t port) override {
    close();
    if (open_fails) return UpdateError::network_failed;
    open_port = port == 0 ? system_chosen_port : port;
    return {};
  }

  void close() override {
    open_port.reset();
    inbox.clear();
  }

  [[nodiscard]] std::optional<Received> receive(MutableBytes into) override {
    if (inbox.empty()) return std::nullopt;
    const Datagram datagram = std::move(inbox.front());
    inbox.pop_front();
    std::copy_n(datagram.text.begin(), std::min(datagram.text.size(), into.size()), into.begin());
    return Received{datagram.peer, datagram.text.size()};
  }

  [[nodiscard]] Status send(Bytes datagram, const port::Endpoint& to) override {
    if (!open_port || send_fails) return UpdateError::network_failed;
    sent.push_back({to, std::string{as_text(datagram)}});
    return {};
  }

  /// A datagram arrives; it is lost when the socket is not open, as on a real network.
  void deliver(const port::Endpoint& from, std::string_view text) {
    if (open_port) inbox.push_back({from, std::string{text}});
  }

  /// The text of the newest datagram that was sent; empty when there is none.
  [[nodiscard]] std::string last_sent() const { return sent.empty() ? std::string{} : sent.back().text; }

  std::deque<Datagram> inbox;
  std::vector<Datagram> sent;
  std::optional<std::uint16_t> open_port;
  bool open_fails{false};
  bool send_fails{false};
};

}  // namespace airlift::testing
