#pragma once
// UDP by lwIP.

#include <array>

#include "airlift/port/network.hpp"

struct pbuf;
struct udp_pcb;

namespace airlift::firmware {

/// Open on all addresses of the board.
class LwipDatagramSocket final : public port::DatagramSocket {
 public:
  LwipDatagramSocket() = default;
  ~LwipDatagramSocket() override { close(); }
  LwipDatagramSocket(const LwipDatagramSocket&) = delete;
  LwipDatagramSocket& operator=(const LwipDatagramSocket&) = delete;

  [[nodiscard]] Status open(std::uint16_t port) override;
  void close() override;
  [[nodiscard]] std::optional<Received> receive(MutableBytes into) override;
  [[nodiscard]] Status send(Bytes datagram, const port::Endpoint& to) override;

  /// The port in use; 0 when closed.
  [[nodiscard]] std::uint16_t local_port() const;

 private:
  static constexpr std::size_t most_waiting{4};  ///< more are lost, as they may be on the way
  struct Datagram {
    pbuf* data{nullptr};
    port::Endpoint from;
  };

  void keep(pbuf* data, const port::Endpoint& from);

  udp_pcb* pcb_{nullptr};  ///< null: closed
  std::array<Datagram, most_waiting> waiting_{};
  std::size_t waiting_count_{0};  ///< the first ones, the oldest in front
};

}  // namespace airlift::firmware
