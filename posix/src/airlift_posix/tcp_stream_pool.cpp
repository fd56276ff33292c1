#include "airlift_posix/tcp_stream_pool.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace airlift::posix {

TcpStreamPool::TcpStreamPool(EventLoop& loop, port::IpAddress bind_address, std::size_t size,
                             const CertificateFiles* identity)
    : loop_{loop}, bind_address_{bind_address}, identity_{identity} {
  for (std::size_t i = 0; i < size; ++i) {
    streams_.emplace_back(loop, bind_address).set_closed([this] {
      if (listener_) listener_->resume();
    });
  }
}

Status TcpStreamPool::listen(std::uint16_t port) {
  close();
  if (identity_ != nullptr && identity_->context() == nullptr) return UpdateError::tls_failed;
  try {
    listener_.emplace(loop_, bind_address_, port, [this] { listener_->pause(); });
  } catch (const std::system_error&) {
    return UpdateError::network_failed;
  }
  return {};
}

void TcpStreamPool::close() {
  listener_.reset();
}

std::optional<port::StreamPool::Connection> TcpStreamPool::accept() {
  if (!listener_) return std::nullopt;
  TcpStream* const stream = free_stream();
  if (stream == nullptr) return std::nullopt;
  auto accepted = listener_->accept_socket();
  // One that waits although it could not be taken will be told by TcpListener.
  if (accepted || !listener_->someone_waits()) listener_->resume();
  if (!accepted) return std::nullopt;
  stream->take_over(std::move(accepted->fd));
  // When that fails, the stream has failed, and its user sees it.
  if (identity_ != nullptr) (void)stream->start_tls_server(identity_->context());
  return Connection{stream, accepted->peer};
}

bool TcpStreamPool::someone_waits() {
  return listener_ && listener_->someone_waits();
}

std::uint16_t TcpStreamPool::local_port() const {
  return listener_ ? listener_->local_port() : std::uint16_t{0};
}

TcpStream* TcpStreamPool::free_stream() {
  const auto found = std::find_if(streams_.begin(), streams_.end(), [](TcpStream& stream) {
    return stream.state() == port::Stream::State::closed;
  });
  return found == streams_.end() ? nullptr : &*found;
}

}  // namespace airlift::posix
