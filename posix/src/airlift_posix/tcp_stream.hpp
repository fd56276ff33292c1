#pragma once
// A byte stream over TCP: outgoing on the device, accepted on the uploader.

#include <openssl/types.h>

#include <functional>
#include <memory>

#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"

namespace airlift::posix {

class TlsChannel;

/// Small writes go out at once (TCP_NODELAY): each is an answer that the other side waits for.
class TcpStream final : public port::Stream {
 public:
  /// Connects from `bind_address`, or from any address when it is 0.0.0.0 or ::. Whenever bytes or the end
  /// have arrived, connecting has ended or there is room again after a short write(), the loop's wait ends
  /// and `ready`, when given, is called; arrived bytes do so in each turn until they are read.
  TcpStream(EventLoop& loop, port::IpAddress bind_address, std::function<void()> ready = {});

  /// Takes over a connected socket (see TcpListener); state() is open.
  TcpStream(EventLoop& loop, UniqueFd connected, std::function<void()> ready = {});

  ~TcpStream() override;

  /// The same in a stream that is `closed`; only then.
  void take_over(UniqueFd connected);

  [[nodiscard]] Status connect(const port::Endpoint& to) override;
  [[nodiscard]] State state() override;
  [[nodiscard]] Result<Read> read(MutableBytes into) override;
  [[nodiscard]] Result<std::size_t> write(Bytes bytes) override;
  /// While the peer does not read, TLS holds up to 16 KiB that write() has taken; close() gives them up.
  void close() override;
  [[nodiscard]] Status start_tls(TlsRole role, Bytes pre_shared_key) override;

  /// Goes on as a TLS server with the certificate of `context`; only while `open`. As start_tls(), but the
  /// stream fails when it cannot begin, or the handshake takes longer than 5 s.
  [[nodiscard]] Status start_tls_server(SSL_CTX* context);

  /// Why connect() or the connecting after it failed: an errno; 0: it did not.
  [[nodiscard]] int connect_error() const { return connect_error_; }

  /// For a stream that was accepted before its user existed.
  void set_ready(std::function<void()> ready) { ready_ = std::move(ready); }

  /// `closed` is called at the end of each close(), when the stream can be used again.
  void set_closed(std::function<void()> closed) { closed_ = std::move(closed); }

 private:
  /// What the loop waits for on our behalf.
  enum class Wait : std::uint8_t { nothing, connected, data, room, data_and_room };

  void on_event();
  void finish_connecting();
  [[nodiscard]] Status go_on_inside(std::unique_ptr<TlsChannel> channel);
  void advance_tls();
  void watch_tls();
  void wake_soon();
  void wait_for_room();
  void wait_for(Wait wait);
  UpdateError fail(UpdateError error);
  void release_socket();

  EventLoop& loop_;
  port::IpAddress bind_address_;
  std::function<void()> ready_;
  std::function<void()> closed_;
  State state_{State::closed};
  UpdateError failure_{UpdateError::connection_lost};  ///< of read() and write() when not open
  int connect_error_{0};
  bool end_of_data_{false};
  Wait wait_{Wait::nothing};
  UniqueFd fd_;
  Watch watch_;                      ///< behind fd_: it must go first
  std::unique_ptr<TlsChannel> tls_;  ///< null: plain bytes
  Timer soon_;                       ///< calls on_event() without an event of the socket
  Timer handshake_over_;             ///< when it must be
};

}  // namespace airlift::posix
