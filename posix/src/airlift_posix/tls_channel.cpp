#include "airlift_posix/tls_channel.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <string_view>

#include "airlift_posix/socket_io.hpp"

namespace airlift::posix {
namespace {

constexpr const char* psk_suite{"ECDHE-PSK-CHACHA20-POLY1305"};  // RFC 7905; mbedTLS 2.28 has it, too
constexpr const char* groups{"X25519:P-256"};
constexpr std::string_view identity{"airlift"};

}  // namespace

TlsContext make_tls_context(int lowest_version, int highest_version, const char* suites_of_1_2) {
  TlsContext context{SSL_CTX_new(TLS_method())};
  if (!context || SSL_CTX_set_min_proto_version(context.get(), lowest_version) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), highest_version) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), suites_of_1_2) != 1 ||
      SSL_CTX_set1_groups_list(context.get(), groups) != 1 ||
      SSL_CTX_set_num_tickets(context.get(), 0) != 1) {
    return nullptr;
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

std::unique_ptr<TlsChannel> TlsChannel::make(int fd, port::Stream::TlsRole role, Bytes key) {
  const TlsContext context = make_tls_context(TLS1_2_VERSION, TLS1_2_VERSION, psk_suite);
  if (!context) return nullptr;
  SSL_CTX_set_psk_client_callback(context.get(), client_key);
  SSL_CTX_set_psk_server_callback(context.get(), server_key);
  std::unique_ptr<TlsChannel> channel{new TlsChannel{fd, key}};
  return channel->start(context.get(), role) ? std::move(channel) : nullptr;
}

std::unique_ptr<TlsChannel> TlsChannel::make_server(int fd, SSL_CTX* context) {
  std::unique_ptr<TlsChannel> channel{new TlsChannel{fd}};
  return channel->start(context, port::Stream::TlsRole::server) ? std::move(channel) : nullptr;
}

bool TlsChannel::start(SSL_CTX* context, port::Stream::TlsRole role) {
  ssl_.reset(SSL_new(context));
  SSL* const ssl = ssl_.get();
  if (ssl == nullptr) return false;
  BIO* const incoming = BIO_new_socket(fd_, BIO_NOCLOSE);
  outgoing_ = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, incoming, outgoing_);
  if (incoming == nullptr || outgoing_ == nullptr) return false;
  SSL_set_app_data(ssl, this);
  if (role == port::Stream::TlsRole::client) {
    SSL_set_connect_state(ssl);
  } else {
    SSL_set_accept_state(ssl);
  }
  return true;
}

TlsChannel::~TlsChannel() {
  OPENSSL_cleanse(key_.data(), key_.size());
}

unsigned TlsChannel::client_key(SSL* ssl, const char* /*hint*/, char* name, unsigned name_size,
                                unsigned char* key, unsigned key_size) {
  if (name_size <= identity.size()) return 0;
  std::copy(identity.begin(), identity.end(), name);
  name[identity.size()] = '\0';
  return static_cast<const TlsChannel*>(SSL_get_app_data(ssl))->copy_key(key, key_size);
}

unsigned TlsChannel::server_key(SSL* ssl, const char* name, unsigned char* key, unsigned key_size) {
  if (name != identity) return 0;
  return static_cast<const TlsChannel*>(SSL_get_app_data(ssl))->copy_key(key, key_size);
}

unsigned TlsChannel::copy_key(unsigned char* key, unsigned key_size) const {
  if (key_.size() > key_size) return 0;  // which ends the handshake
  std::copy(key_.begin(), key_.end(), key);
  return static_cast<unsigned>(key_.size());
}

Status TlsChannel::advance() {
  if (!established()) {
    ERR_clear_error();
    const Status status = error_after(SSL_do_handshake(ssl_.get()));
    if (!status.ok()) return status;
  }
  send_waiting();
  return {};
}

Result<port::Stream::Read> TlsChannel::read(MutableBytes into) {
  if (!established() || into.empty()) return port::Stream::Read{};
  ERR_clear_error();
  port::Stream::Read read;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &read.count);
  const Status status = error_after(result);
  if (!status.ok()) return status.error();
  send_waiting();  // perhaps a warning was answered
  read.end_of_data = (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0 && read.count == 0;
  return read;
}

Result<std::size_t> TlsChannel::write(Bytes bytes) {
  std::size_t taken{0};
  while (established() && taken < bytes.size()) {
    const Status flushed = flush();
    if (!flushed.ok()) return flushed.error();
    if (wants_room()) break;
    const std::size_t size = std::min<std::size_t>(bytes.size() - taken, SSL3_RT_MAX_PLAIN_LENGTH);
    std::size_t count{0};
    ERR_clear_error();
    const Status status = error_after(SSL_write_ex(ssl_.get(), bytes.data() + taken, size, &count));
    if (!status.ok()) return status.error();
    taken += count;
  }
  const Status flushed = flush();
  return flushed.ok() ? Result<std::size_t>{taken} : flushed.error();
}

bool TlsChannel::wants_room() const {
  return !unsent().empty();
}

Bytes TlsChannel::unsent() const {
  char* data{nullptr};
  const long size = BIO_get_mem_data(outgoing_, &data);
  return as_bytes({data, static_cast<std::size_t>(size)}).subspan(sent_);
}

Status TlsChannel::flush() {
  const Bytes waiting = unsent();
  if (waiting.empty()) return {};
  const auto sent = send_some(fd_, waiting);
  if (!sent.ok()) return sent.error();
  sent_ += sent.value();
  if (sent.value() == waiting.size()) {
    BIO_reset(outgoing_);
    sent_ = 0;
  }
  return {};
}

/// When that fails, what the peer has sent before it went may still be read; the end shows there.
void TlsChannel::send_waiting() {
  (void)flush();
}

void TlsChannel::close() {
  if (established()) SSL_shutdown(ssl_.get());
  send_waiting();
}

/// What a call of OpenSSL has come to; `ok` also when it waits for the peer or the peer has said its end.
Status TlsChannel::error_after(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
    case SSL_ERROR_WANT_READ:
      return {};
    case SSL_ERROR_ZERO_RETURN:
      return established() ? Status{} : UpdateError::connection_lost;
    case SSL_ERROR_SYSCALL:
      return UpdateError::connection_lost;
    default:
      break;
  }
  // Without the peer's word that it ends it was cut off.
  if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return UpdateError::connection_lost;
  }
  send_waiting();  // the alert that tells the peer
  return UpdateError::tls_failed;
}

}  // namespace airlift::posix
