#include "net/lwip_datagram_socket.hpp"

#include <lwip/udp.h>

#include <algorithm>
#include <limits>

#include "net/address.hpp"

namespace airlift::firmware {

Status LwipDatagramSocket::open(std::uint16_t port) {
  close();
  udp_pcb* const pcb = udp_new();
  if (pcb == nullptr) return UpdateError::network_failed;
  if (udp_bind(pcb, IP_ADDR_ANY, port) != ERR_OK) {
    udp_remove(pcb);
    return UpdateError::network_failed;
  }
  pcb_ = pcb;
  const auto on_datagram = [](void* self, udp_pcb*, pbuf* data, const ip_addr_t* from, u16_t from_port) {
    static_cast<LwipDatagramSocket*>(self)->keep(data, {from_lwip(*from), from_port, 0});
  };
  udp_recv(pcb_, on_datagram, this);
  return {};
}

void LwipDatagramSocket::close() {
  if (pcb_ == nullptr) return;
  udp_remove(pcb_);
  pcb_ = nullptr;
  for (; waiting_count_ > 0; --waiting_count_) pbuf_free(waiting_[waiting_count_ - 1].data);
}

void LwipDatagramSocket::keep(pbuf* data, const port::Endpoint& from) {
  if (waiting_count_ == waiting_.size()) {
    pbuf_free(data);
    return;
  }
  waiting_[waiting_count_++] = {data, from};
}

std::optional<port::DatagramSocket::Received> LwipDatagramSocket::receive(MutableBytes into) {
  if (waiting_count_ == 0) return std::nullopt;
  const Datagram datagram = waiting_.front();
  std::rotate(waiting_.begin(), waiting_.begin() + 1, waiting_.end());
  --waiting_count_;
  const Received received{datagram.from, datagram.data->tot_len};
  const std::size_t count = std::min(into.size(), received.size_bytes);
  pbuf_copy_partial(datagram.data, into.data(), static_cast<u16_t>(count), 0);
  pbuf_free(datagram.data);
  return received;
}

Status LwipDatagramSocket::send(Bytes datagram, const port::Endpoint& to) {
  const auto address = to_lwip(to.address);
  if (pcb_ == nullptr || !address || datagram.size() > std::numeric_limits<u16_t>::max()) {
    return UpdateError::network_failed;
  }
  const auto size = static_cast<u16_t>(datagram.size());
  pbuf* const packet = pbuf_alloc(PBUF_TRANSPORT, size, PBUF_RAM);
  if (packet == nullptr) return UpdateError::network_failed;
  pbuf_take(packet, datagram.data(), size);
  const err_t sent = udp_sendto(pcb_, packet, &*address, to.port);
  pbuf_free(packet);
  return sent == ERR_OK ? Status{} : UpdateError::network_failed;
}

std::uint16_t LwipDatagramSocket::local_port() const {
  return pcb_ == nullptr ? std::uint16_t{0} : pcb_->local_port;
}

}  // namespace airlift::firmware
