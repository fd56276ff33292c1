#pragma once
// The other end of a TCP connection inside the same stack, made of nothing but lwIP's calls, so that it does
// not depend on what is tested.

#include <lwip/tcp.h>

#include "contract/portable/network_subject.hpp"
#include "net/address.hpp"

namespace airlift::firmware {

[[nodiscard]] inline port::IpAddress loopback() {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1}};
}

class LwipPeer {
 public:
  LwipPeer() = default;
  ~LwipPeer() {
    stop_listening();
    reset();
  }
  LwipPeer(const LwipPeer&) = delete;
  LwipPeer& operator=(const LwipPeer&) = delete;

  /// Who connects then is this peer's connection.
  void listen() {
    tcp_pcb* const pcb = tcp_new();
    LWIP_ASSERT("a free port", tcp_bind(pcb, IP_ADDR_ANY, 0) == ERR_OK);
    listening_ = tcp_listen(pcb);
    tcp_arg(listening_, this);
    tcp_accept(listening_, [](void* self, tcp_pcb* connected, err_t) -> err_t {
      static_cast<LwipPeer*>(self)->watch(connected);
      return ERR_OK;
    });
  }
  [[nodiscard]] port::Endpoint listening_at() const { return {loopback(), listening_->local_port, 0}; }
  void stop_listening() {
    if (listening_ != nullptr) tcp_close(listening_);
    listening_ = nullptr;
  }

  void connect(std::uint16_t port) {
    watch(tcp_new());
    const ip_addr_t to = *to_lwip(loopback());
    const err_t begun =
        tcp_connect(connection_, &to, port, [](void*, tcp_pcb*, err_t) -> err_t { return ERR_OK; });
    LWIP_ASSERT("a connection", begun == ERR_OK);
  }

  [[nodiscard]] bool connected() const { return connection_ != nullptr && connection_->state == ESTABLISHED; }
  /// False also when the other side has reset it.
  [[nodiscard]] bool exists() const { return connection_ != nullptr; }
  [[nodiscard]] tcp_pcb* connection() const { return connection_; }
  [[nodiscard]] port::Endpoint endpoint() const { return {loopback(), connection_->local_port, 0}; }

  void send(std::string_view text) { LWIP_ASSERT("room to send", sends(text)); }
  /// False when there is no room for all of it.
  [[nodiscard]] bool sends(std::string_view text) {
    const auto size = static_cast<u16_t>(text.size());
    const bool taken = tcp_write(connection_, text.data(), size, TCP_WRITE_FLAG_COPY) == ERR_OK;
    tcp_output(connection_);
    return taken;
  }
  void end_data() { tcp_shutdown(connection_, 0, 1); }
  void reset() {
    if (unread_ != nullptr) pbuf_free(unread_);
    unread_ = nullptr;
    if (connection_ == nullptr) return;
    tcp_err(connection_, nullptr);
    tcp_abort(connection_);
    connection_ = nullptr;
  }

  /// Until then what arrives stays in the window.
  void read() {
    saw_end = saw_end || ended_;
    if (unread_ == nullptr) return;
    inbox.add(pbuf_copy_partial(unread_, inbox.room().data(), static_cast<u16_t>(inbox.room().size()), 0));
    if (connection_ != nullptr) tcp_recved(connection_, unread_->tot_len);
    pbuf_free(unread_);
    unread_ = nullptr;
  }

  contract::Inbox inbox;
  bool saw_end{false};

 private:
  void watch(tcp_pcb* pcb) {
    connection_ = pcb;
    tcp_arg(pcb, this);
    tcp_recv(pcb, [](void* self, tcp_pcb*, pbuf* data, err_t) -> err_t {
      static_cast<LwipPeer*>(self)->keep(data);
      return ERR_OK;
    });
    tcp_err(pcb, [](void* self, err_t) { static_cast<LwipPeer*>(self)->connection_ = nullptr; });
  }
  void keep(pbuf* data) {
    if (data == nullptr) {
      ended_ = true;
    } else if (unread_ == nullptr) {
      unread_ = data;
    } else {
      pbuf_cat(unread_, data);
    }
  }

  tcp_pcb* listening_{nullptr};
  tcp_pcb* connection_{nullptr};
  pbuf* unread_{nullptr};
  bool ended_{false};
};

}  // namespace airlift::firmware
