#pragma once
// A listening TCP port and the connections that wait to be accepted.

#include <array>

#include "net/lwip_stream.hpp"

namespace airlift::firmware {

class Backlog {
 public:
  Backlog() = default;
  ~Backlog() { close(); }
  Backlog(const Backlog&) = delete;
  Backlog& operator=(const Backlog&) = delete;

  /// Outcomes: as Listener::listen().
  [[nodiscard]] Status listen(std::uint16_t port);
  /// Who waits is reset.
  void close();

  [[nodiscard]] bool someone_waits();
  /// Gives the connection that has waited longest to `stream`, which is closed, and tells where it comes
  /// from. Nothing when none waits.
  [[nodiscard]] std::optional<port::Endpoint> hand_over(LwipStream& stream);

  /// The port in use; 0 when not listening.
  [[nodiscard]] std::uint16_t local_port() const;

 private:
  static constexpr std::size_t most_waiting{4};  ///< lwIP does not answer further ones, and they try again

  [[nodiscard]] bool add(tcp_pcb* connected);
  void drop_lost();
  void drop(std::size_t index);

  tcp_pcb* listening_{nullptr};  ///< null: closed
  std::array<LwipStream, most_waiting> waiting_;
  std::size_t waiting_count_{0};  ///< the first ones, the oldest in front
};

}  // namespace airlift::firmware
