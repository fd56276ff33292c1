#pragma once
// TCP by lwIP's raw API. lwIP calls back from Network::poll() only, and what it tells is kept until it is
// asked for: nobody who uses a stream is ever called.

#include "airlift/port/network.hpp"

struct pbuf;
struct tcp_pcb;

namespace airlift::firmware {

/// Small writes go out at once: each is an answer that the other side waits for.
class LwipStream final : public port::Stream {
 public:
  LwipStream() = default;
  ~LwipStream() override { close(); }
  LwipStream(const LwipStream&) = delete;
  LwipStream& operator=(const LwipStream&) = delete;

  [[nodiscard]] Status connect(const port::Endpoint& to) override;
  [[nodiscard]] State state() override { return state_; }
  [[nodiscard]] Result<Read> read(MutableBytes into) override;
  [[nodiscard]] Result<std::size_t> write(Bytes bytes) override;
  /// What was written is delivered within 10 s or given up.
  void close() override;

  // For whoever listens.

  /// Takes a connection that lwIP has made; state() is open. Only while `closed`.
  void attach(tcp_pcb* connected);
  /// Takes the connection of `other` and what has arrived on it; `other` is closed then. Only while `closed`.
  void take_over(LwipStream& other);
  /// Another connection may wait in its place.
  void leave_backlog();
  /// Ends the connection with a reset.
  void abort();
  /// Where an attached connection comes from.
  [[nodiscard]] const port::Endpoint& peer() const { return peer_; }

 private:
  void watch(tcp_pcb* pcb);
  [[nodiscard]] bool keep(pbuf* data);
  void on_lost();
  void forget();

  tcp_pcb* pcb_{nullptr};  ///< null: none, or lwIP has freed it because the connection broke
  pbuf* unread_{nullptr};  ///< null: none
  bool end_of_data_{false};
  State state_{State::closed};
  port::Endpoint peer_;
};

}  // namespace airlift::firmware
