#pragma once
// Several TCP connections at a time behind one port, by lwIP: the device's page.

#include "airlift/port/stream_pool.hpp"
#include "net/backlog.hpp"

namespace airlift::firmware {

/// Listens on all addresses of the board; plain connections only.
template <std::size_t Size>
class LwipStreamPool final : public port::StreamPool {
 public:
  [[nodiscard]] Status listen(std::uint16_t port) override { return backlog_.listen(port); }
  void close() override { backlog_.close(); }
  [[nodiscard]] bool someone_waits() override { return backlog_.someone_waits(); }

  [[nodiscard]] std::optional<Connection> accept() override {
    for (LwipStream& stream : streams_) {
      if (stream.state() != port::Stream::State::closed) continue;
      const auto peer = backlog_.hand_over(stream);
      return peer ? std::optional{Connection{&stream, *peer}} : std::nullopt;
    }
    return std::nullopt;
  }

  /// The port in use; 0 when not listening.
  [[nodiscard]] std::uint16_t local_port() const { return backlog_.local_port(); }

 private:
  std::array<LwipStream, Size> streams_;
  Backlog backlog_;
};

}  // namespace airlift::firmware
