#include "airlift_server/transport.hpp"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace airlift::server {
namespace {

using Need = Transport::Need;

Transport::Step after_system_call(ssize_t count, Need waits_for) {
  if (count >= 0) return {static_cast<std::size_t>(count), Need::nothing};
  return {0, errno == EAGAIN || errno == EINTR ? waits_for : Need::failed};
}

}  // namespace

void prepare_for_serving(SSL_CTX* context) {
  constexpr std::size_t usual_tickets{2};  // OpenSSL's default, and nginx'
  SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, usual_tickets);
  SSL_CTX_set_read_ahead(context, 1);
  // A record that has to wait is the same bytes the next time, but not where they were.
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
}

Transport::Transport(int fd, SSL_CTX* context) : fd_{fd}, tls_{context != nullptr} {
  if (!tls_) return;
  ssl_.reset(SSL_new(context));
  if (ssl_ && SSL_set_fd(ssl_.get(), fd) == 1) {
    SSL_set_accept_state(ssl_.get());
  } else {
    ssl_.reset();
  }
}

Transport::Step Transport::handshake() {
  if (!tls_) return {};
  if (!ssl_) return {0, Need::failed};
  ERR_clear_error();
  return after(SSL_do_handshake(ssl_.get()), 0);
}

Transport::Step Transport::read(MutableBytes into) {
  Step step;
  if (tls_) {
    ERR_clear_error();
    std::size_t count{0};
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    return after(result, count);
  }
  step = after_system_call(recv(fd_, into.data(), into.size(), 0), Need::readable);
  if (step.need == Need::nothing && step.count == 0) step.need = Need::ended;
  return step;
}

Transport::Step Transport::write(Bytes head, Bytes body) {
  if (tls_) return head.empty() ? write_record(body) : write_together(head, body);
  const Bytes bytes = head.empty() ? body : head;
  // The body begins in the packet of its head.
  const int more = head.empty() || body.empty() ? 0 : MSG_MORE;
  return after_system_call(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | more), Need::writable);
}

Transport::Step Transport::write_together(Bytes head, Bytes body) {
  std::array<std::uint8_t, SSL3_RT_MAX_PLAIN_LENGTH> record{};
  const Bytes first = head.first(std::min(head.size(), record.size()));
  const Bytes second = body.first(std::min(body.size(), record.size() - first.size()));
  std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), record.begin()));
  return write_record(Bytes{record}.first(first.size() + second.size()));
}

Transport::Step Transport::write_record(Bytes bytes) {
  ERR_clear_error();
  std::size_t count{0};
  const int result = SSL_write_ex(ssl_.get(), bytes.data(),
                                  std::min<std::size_t>(bytes.size(), SSL3_RT_MAX_PLAIN_LENGTH), &count);
  return after(result, count);
}

void Transport::end_writing() {
  ERR_clear_error();
  if (tls_ && ssl_ && SSL_is_init_finished(ssl_.get()) != 0) SSL_shutdown(ssl_.get());
  shutdown(fd_, SHUT_WR);
}

Transport::Step Transport::discard(MutableBytes into) {
  const Step step = after_system_call(recv(fd_, into.data(), into.size(), 0), Need::readable);
  return step.need == Need::nothing && step.count == 0 ? Step{0, Need::ended} : step;
}

Transport::Step Transport::after(int result, std::size_t count) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return {count, Need::nothing};
    case SSL_ERROR_WANT_READ:
      return {0, Need::readable};
    case SSL_ERROR_WANT_WRITE:
      return {0, Need::writable};
    case SSL_ERROR_ZERO_RETURN:
      return {0, Need::ended};
    default:
      return {0, Need::failed};
  }
}

}  // namespace airlift::server
