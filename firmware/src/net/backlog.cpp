#include "net/backlog.hpp"

#include <lwip/tcp.h>

namespace airlift::firmware {

Status Backlog::listen(std::uint16_t port) {
  close();
  tcp_pcb* const pcb = tcp_new();
  if (pcb == nullptr) return UpdateError::network_failed;
  // Connections of an earlier time at this port may still be there.
  ip_set_option(pcb, SOF_REUSEADDR);
  if (tcp_bind(pcb, IP_ADDR_ANY, port) == ERR_OK) listening_ = tcp_listen_with_backlog(pcb, most_waiting);
  if (listening_ == nullptr) {
    tcp_close(pcb);
    return UpdateError::network_failed;
  }
  tcp_arg(listening_, this);
  const auto on_connection = [](void* self, tcp_pcb* connected, err_t error) -> err_t {
    if (connected == nullptr || error != ERR_OK) return ERR_VAL;
    if (static_cast<Backlog*>(self)->add(connected)) return ERR_OK;
    tcp_abort(connected);
    return ERR_ABRT;
  };
  tcp_accept(listening_, on_connection);
  return {};
}

void Backlog::close() {
  if (listening_ == nullptr) return;
  while (waiting_count_ > 0) drop(0);
  tcp_close(listening_);
  listening_ = nullptr;
}

bool Backlog::add(tcp_pcb* connected) {
  drop_lost();
  if (waiting_count_ == waiting_.size()) return false;
  tcp_backlog_delayed(connected);
  waiting_[waiting_count_++].attach(connected);
  return true;
}

bool Backlog::someone_waits() {
  drop_lost();
  return waiting_count_ > 0;
}

std::optional<port::Endpoint> Backlog::hand_over(LwipStream& stream) {
  if (!someone_waits()) return std::nullopt;
  stream.take_over(waiting_.front());
  stream.leave_backlog();
  drop(0);
  return stream.peer();
}

/// Who was reset while waiting and has left no word.
void Backlog::drop_lost() {
  for (std::size_t i = waiting_count_; i > 0; --i) {
    if (waiting_[i - 1].state() == port::Stream::State::failed) drop(i - 1);
  }
}

void Backlog::drop(std::size_t index) {
  waiting_[index].abort();
  for (std::size_t i = index + 1; i < waiting_count_; ++i) waiting_[i - 1].take_over(waiting_[i]);
  --waiting_count_;
}

std::uint16_t Backlog::local_port() const {
  return listening_ == nullptr ? std::uint16_t{0} : listening_->local_port;
}

}  // namespace airlift::firmware
