#pragma once
// A stream whose peer is the test.

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "airlift/port/network.hpp"

namespace airlift::testing {

class FakeStream final : public port::Stream {
 public:
  enum class OnConnect {
    opens,        ///< state() is open at once
    fails,        ///< connect() is ok, state() is failed
    fails_early,  ///< connect() itself fails
    waits,        ///< connecting until finish_connecting()
  };

  [[nodiscard]] Status connect(const port::Endpoint& to) override {
    if (state_ != State::closed || on_connect == OnConnect::fails_early) return UpdateError::network_failed;
    connected_to = to;
    ++connects;
    state_ = State::connecting;
    if (on_connect != OnConnect::waits)
      finish_connecting(on_connect == OnConnect::opens ? State::open : State::failed);
    return {};
  }

  [[nodiscard]] State state() override { return state_; }

  [[nodiscard]] Result<Read> read(MutableBytes into) override {
    if (state_ != State::open) return UpdateError::connection_lost;
    const std::size_t count = std::min({into.size(), inbound.size(), most_per_read});
    std::copy_n(inbound.begin(), count, into.begin());
    inbound.erase(0, count);
    return Read{count, peer_closed_ && inbound.empty()};
  }

  [[nodiscard]] Result<std::size_t> write(Bytes bytes) override {
    if (state_ != State::open) return UpdateError::connection_lost;
    const std::size_t count = std::min(bytes.size(), write_room);
    written.append(as_text(bytes.first(count)));
    if (write_room != unlimited) write_room -= count;
    return count;
  }

  void close() override {
    if (state_ != State::closed) ++closes;
    state_ = State::closed;
    inbound.clear();
    peer_closed_ = false;
  }

  // What the peer and the network do:
  void finish_connecting(State outcome) { state_ = outcome; }
  void is_accepted() { state_ = State::open; }
  void deliver(std::string_view bytes) { inbound.append(bytes); }
  void peer_closes() { peer_closed_ = true; }
  void breaks() { state_ = State::failed; }

  static constexpr std::size_t unlimited{std::numeric_limits<std::size_t>::max()};
  OnConnect on_connect{OnConnect::opens};
  std::size_t most_per_read{unlimited};  ///< cuts what arrives into pieces
  std::size_t write_room{unlimited};     ///< what write() still takes
  std::string inbound;                   ///< arrived, not read yet
  std::string written;                   ///< everything since the object was made
  std::optional<port::Endpoint> connected_to;
  int connects{0};
  int closes{0};

 private:
  State state_{State::closed};
  bool peer_closed_{false};
};

}  // namespace airlift::testing
