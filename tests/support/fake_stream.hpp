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

  enum class OnTls {
    passes,   ///< bytes go through at once, as they are
    waits,    ///< nothing passes until finish_tls()
    fails,    ///< the handshake goes wrong
    refuses,  ///< start_tls() itself fails
  };

  [[nodiscard]] Status start_tls(TlsRole role, Bytes pre_shared_key) override {
    if (state_ != State::open || tls_role || on_tls == OnTls::refuses) return UpdateError::tls_failed;
    tls_role = role;
    tls_key = as_text(pre_shared_key);
    handshaking_ = on_tls == OnTls::waits;
    if (on_tls == OnTls::fails) breaks(UpdateError::tls_failed);
    return {};
  }

  [[nodiscard]] State state() override { return state_; }

  [[nodiscard]] Result<Read> read(MutableBytes into) override {
    if (state_ != State::open) return failure_;
    if (handshaking_) return Read{};
    const std::size_t count = std::min({into.size(), inbound.size(), most_per_read});
    std::copy_n(inbound.begin(), count, into.begin());
    inbound.erase(0, count);
    return Read{count, peer_closed_ && inbound.empty()};
  }

  [[nodiscard]] Result<std::size_t> write(Bytes bytes) override {
    if (state_ != State::open) return failure_;
    if (handshaking_) return std::size_t{0};
    const std::size_t count = std::min(bytes.size(), write_room);
    written.append(as_text(bytes.first(count)));
    if (write_room != unlimited) write_room -= count;
    return count;
  }

  void close() override {
    if (state_ != State::closed) ++closes;
    state_ = State::closed;
    failure_ = UpdateError::connection_lost;
    inbound.clear();
    peer_closed_ = false;
    handshaking_ = false;
    tls_role.reset();
    tls_key.clear();
  }

  // What the peer and the network do:
  void finish_connecting(State outcome) { state_ = outcome; }
  void is_accepted() { state_ = State::open; }
  void deliver(std::string_view bytes) { inbound.append(bytes); }
  void peer_closes() { peer_closed_ = true; }
  /// With tls_failed: a record was wrong.
  void breaks(UpdateError failure = UpdateError::connection_lost) {
    state_ = State::failed;
    failure_ = failure;
  }
  void finish_tls() { handshaking_ = false; }

  static constexpr std::size_t unlimited{std::numeric_limits<std::size_t>::max()};
  OnConnect on_connect{OnConnect::opens};
  OnTls on_tls{OnTls::passes};
  std::size_t most_per_read{unlimited};  ///< cuts what arrives into pieces
  std::size_t write_room{unlimited};     ///< what write() still takes
  std::string inbound;                   ///< arrived, not read yet
  std::string written;                   ///< everything since the object was made
  std::optional<port::Endpoint> connected_to;
  std::optional<TlsRole> tls_role;  ///< none: plain bytes
  std::string tls_key;
  int connects{0};
  int closes{0};

 private:
  State state_{State::closed};
  UpdateError failure_{UpdateError::connection_lost};
  bool peer_closed_{false};
  bool handshaking_{false};
};

}  // namespace airlift::testing
