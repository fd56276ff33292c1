#pragma once
// A listener whose network is the test.

#include <deque>
#include <optional>

#include "airlift/port/network.hpp"
#include "support/fake_stream.hpp"

namespace airlift::testing {

class FakeListener final : public port::Listener {
 public:
  static constexpr std::uint16_t system_chosen_port{49152};

  explicit FakeListener(FakeStream& stream) : stream_{stream} {}

  [[nodiscard]] Status listen(std::uint16_t port) override {
    close();
    if (listen_fails) return UpdateError::network_failed;
    listening_port = port == 0 ? system_chosen_port : port;
    return {};
  }

  void close() override {
    listening_port.reset();
    waiting_.clear();
  }

  [[nodiscard]] std::optional<port::Endpoint> accept() override {
    if (waiting_.empty() || stream_.state() != port::Stream::State::closed) return std::nullopt;
    const port::Endpoint peer = waiting_.front();
    waiting_.pop_front();
    stream_.is_accepted();
    return peer;
  }

  /// A connection arrives; it is refused when nobody listens, as on a real network.
  void peer_connects(const port::Endpoint& from) {
    if (listening_port) waiting_.push_back(from);
  }

  std::optional<std::uint16_t> listening_port;
  bool listen_fails{false};

 private:
  FakeStream& stream_;
  std::deque<port::Endpoint> waiting_;
};

}  // namespace airlift::testing
