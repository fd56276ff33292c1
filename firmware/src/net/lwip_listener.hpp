#pragma once
// Waits for TCP connections by lwIP and serves them one at a time.

#include "net/backlog.hpp"

namespace airlift::firmware {

/// Listens on all addresses of the board.
class LwipListener final : public port::Listener {
 public:
  explicit LwipListener(LwipStream& stream) : stream_{stream} {}

  [[nodiscard]] Status listen(std::uint16_t port) override { return backlog_.listen(port); }
  void close() override { backlog_.close(); }
  [[nodiscard]] std::optional<port::Endpoint> accept() override {
    if (stream_.state() != port::Stream::State::closed) return std::nullopt;
    return backlog_.hand_over(stream_);
  }

  /// The port in use; 0 when not listening.
  [[nodiscard]] std::uint16_t local_port() const { return backlog_.local_port(); }

 private:
  LwipStream& stream_;
  Backlog backlog_;
};

}  // namespace airlift::firmware
