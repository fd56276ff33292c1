#pragma once
// One client, from accepting it to its end, as a coroutine. Costly to include (Asio): only for connection.cpp
// and server.cpp.

#include <array>
#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <list>
#include <memory>

#include "airlift/http/request_reader.hpp"
#include "airlift_server/service.hpp"
#include "airlift_server/transport.hpp"

namespace airlift::server {

using SteadyClock = std::chrono::steady_clock;

class Connection;

/// What all connections share.
struct Hub {
  Service& service;
  RequestLog& log;
  std::list<Connection*> connections;
  bool closing{false};          ///< no further requests
  bool flush_scheduled{false};  ///< the log is written when what is ready now has been served
};

class Connection {
 public:
  enum class Phase : std::uint8_t {
    handshake,  ///< done; 10 s
    idle,       ///< the first byte of a request; 15 s
    head,       ///< the end of a request's head; 10 s
    delayed,    ///< the time that a wrong password costs
    sending,    ///< all of the answer; too little taken in 30 s
    draining,   ///< the peer's end; 2 s
  };

  /// `context` null: plain. `hub` outlives it.
  Connection(Hub& hub, asio::ip::tcp::socket socket, SSL_CTX* context);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] static asio::awaitable<void> run(std::unique_ptr<Connection> connection);

  [[nodiscard]] SteadyClock::time_point since() const { return since_; }
  /// Has not asked for anything yet: may have to give way.
  [[nodiscard]] bool waits_for_peer() const { return phase_ <= Phase::head || phase_ == Phase::draining; }
  /// Nobody misses it when the server ends.
  [[nodiscard]] bool is_idle() const { return phase_ <= Phase::idle || phase_ == Phase::delayed; }
  /// Ends it when its phase has lasted too long.
  void expire(SteadyClock::time_point now);
  /// Ends it.
  void give_up();
  [[nodiscard]] bool given_up() const { return given_up_; }

 private:
  using Need = Transport::Need;

  asio::awaitable<bool> handshake();
  asio::awaitable<bool> read_request();
  asio::awaitable<bool> answer_request();
  asio::awaitable<void> delay(milliseconds time);
  asio::awaitable<bool> send(Bytes head, Bytes body);
  asio::awaitable<void> drain();
  asio::awaitable<bool> wait(Need need);
  asio::awaitable<void> let_others();

  void enter(Phase phase);
  [[nodiscard]] Reply decide();
  [[nodiscard]] Bytes body_of(const Reply& reply) const;
  void note(const Reply& reply, std::size_t head_bytes, bool whole);

  Hub& hub_;
  std::list<Connection*>::iterator place_;
  asio::ip::tcp::socket socket_;
  port::IpAddress peer_;
  Transport transport_;
  AskedHeaders headers_;
  http::RequestReader reader_{headers_.for_reader()};
  Phase phase_{Phase::idle};
  SteadyClock::time_point since_;
  SteadyClock::time_point deadline_;
  bool given_up_{false};
  std::size_t sent_{0};           ///< of the answer
  std::size_t sent_at_check_{0};  ///< when the deadline was set
  std::size_t turn_bytes_{0};     ///< sent since others had their turn
  std::array<std::uint8_t, 2048> input_{};
  std::size_t input_begin_{0};
  std::size_t input_end_{0};
};

}  // namespace airlift::server
