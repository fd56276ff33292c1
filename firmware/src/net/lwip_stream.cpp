#include "net/lwip_stream.hpp"

#include <lwip/tcp.h>

#include <algorithm>
#include <utility>

#include "net/address.hpp"

namespace airlift::firmware {
namespace {

/// The window is seven full segments long, but segments may be short and each takes a whole pbuf of the pool.
/// lwIP keeps one more and asks its sender to wait.
constexpr u16_t most_unread_pbufs{12};

/// In lwIP's slow ticks of half a second.
constexpr u8_t longest_farewell_ticks{20};

/// The connection goes on without us until all is delivered and the peer has ended it as well. What the peer
/// still sends is taken and dropped: the reset that tcp_close() would answer could overtake our last words.
void let_go(tcp_pcb* pcb) {
  tcp_arg(pcb, nullptr);
  tcp_recv(pcb, nullptr);
  tcp_err(pcb, nullptr);
  const auto give_up = [](void*, tcp_pcb* lingering) -> err_t {
    tcp_abort(lingering);
    return ERR_ABRT;
  };
  tcp_poll(pcb, give_up, longest_farewell_ticks);
  tcp_setprio(pcb, TCP_PRIO_MIN);  // the first to go when there are too many
  if (tcp_shutdown(pcb, 0, 1) != ERR_OK) tcp_abort(pcb);
}

}  // namespace

Status LwipStream::connect(const port::Endpoint& to) {
  const auto address = to_lwip(to.address);
  if (state_ != State::closed || !address) return UpdateError::network_failed;
  tcp_pcb* const pcb = tcp_new();
  if (pcb == nullptr) return UpdateError::network_failed;
  const auto on_connected = [](void* self, tcp_pcb*, err_t) -> err_t {
    static_cast<LwipStream*>(self)->state_ = State::open;
    return ERR_OK;
  };
  watch(pcb);
  state_ = State::connecting;
  if (tcp_connect(pcb, &*address, to.port, on_connected) != ERR_OK) {
    abort();
    return UpdateError::network_failed;
  }
  return {};
}

void LwipStream::watch(tcp_pcb* pcb) {
  pcb_ = pcb;
  tcp_nagle_disable(pcb);
  tcp_arg(pcb, this);
  const auto on_data = [](void* self, tcp_pcb*, pbuf* data, err_t) -> err_t {
    return static_cast<LwipStream*>(self)->keep(data) ? ERR_OK : ERR_MEM;
  };
  tcp_recv(pcb, on_data);
  tcp_err(pcb, [](void* self, err_t) { static_cast<LwipStream*>(self)->on_lost(); });
}

/// No data: the peer will send no more. False: not now.
bool LwipStream::keep(pbuf* data) {
  if (data == nullptr) {
    end_of_data_ = true;
  } else if (unread_ == nullptr) {
    unread_ = data;
  } else if (pbuf_clen(unread_) < most_unread_pbufs) {
    pbuf_cat(unread_, data);
  } else {
    return false;
  }
  return true;
}

/// lwIP has freed the connection. What it brought before is read first.
void LwipStream::on_lost() {
  pcb_ = nullptr;
  if (unread_ == nullptr) state_ = State::failed;
}

Result<port::Stream::Read> LwipStream::read(MutableBytes into) {
  if (state_ != State::open) return UpdateError::connection_lost;
  u16_t count{0};
  if (unread_ != nullptr) {
    count = static_cast<u16_t>(std::min<std::size_t>(into.size(), unread_->tot_len));
    pbuf_copy_partial(unread_, into.data(), count, 0);
    unread_ = pbuf_free_header(unread_, count);
    if (pcb_ != nullptr) tcp_recved(pcb_, count);
  }
  if (pcb_ == nullptr && unread_ == nullptr) state_ = State::failed;
  return Read{count, end_of_data_ && unread_ == nullptr};
}

Result<std::size_t> LwipStream::write(Bytes bytes) {
  if (state_ != State::open) return UpdateError::connection_lost;
  if (pcb_ == nullptr) return std::size_t{0};  // broken, and that is told behind what is unread
  std::size_t count = std::min<std::size_t>(bytes.size(), tcp_sndbuf(pcb_));
  // Takes all or nothing; without memory for all, perhaps for a part.
  while (count > 0 && tcp_write(pcb_, bytes.data(), static_cast<u16_t>(count), TCP_WRITE_FLAG_COPY) != ERR_OK)
    count /= 2;
  tcp_output(pcb_);
  return count;
}

void LwipStream::close() {
  if (state_ == State::connecting) {
    abort();
    return;
  }
  if (pcb_ != nullptr) {
    if (unread_ != nullptr) tcp_recved(pcb_, unread_->tot_len);
    let_go(pcb_);
  }
  forget();
}

void LwipStream::abort() {
  if (pcb_ != nullptr) {
    tcp_err(pcb_, nullptr);
    tcp_abort(pcb_);
  }
  forget();
}

void LwipStream::forget() {
  if (unread_ != nullptr) pbuf_free(unread_);
  pcb_ = nullptr;
  unread_ = nullptr;
  end_of_data_ = false;
  state_ = State::closed;
}

void LwipStream::attach(tcp_pcb* connected) {
  watch(connected);
  peer_ = {from_lwip(connected->remote_ip), connected->remote_port, 0};
  state_ = State::open;
}

void LwipStream::take_over(LwipStream& other) {
  pcb_ = std::exchange(other.pcb_, nullptr);
  if (pcb_ != nullptr) tcp_arg(pcb_, this);
  unread_ = std::exchange(other.unread_, nullptr);
  end_of_data_ = other.end_of_data_;
  state_ = other.state_;
  peer_ = other.peer_;
  other.forget();
}

void LwipStream::leave_backlog() {
  if (pcb_ != nullptr) tcp_backlog_accepted(pcb_);
}

}  // namespace airlift::firmware
