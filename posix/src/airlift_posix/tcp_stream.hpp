#pragma once
// A byte stream over TCP: outgoing on the device, accepted on the uploader.

#include <functional>

#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"

namespace airlift::posix {

/// Small writes go out at once (TCP_NODELAY): each is an answer that the other side waits for.
class TcpStream final : public port::Stream {
 public:
  /// Connects from `bind_address`, or from any address when it is 0.0.0.0 or ::. Whenever bytes or the end
  /// have arrived, connecting has ended or there is room again after a short write(), the loop's wait ends
  /// and `ready`, when given, is called; arrived bytes do so in each turn until they are read.
  TcpStream(EventLoop& loop, port::IpAddress bind_address, std::function<void()> ready = {});

  /// Takes over a connected socket (see TcpListener); state() is open.
  TcpStream(EventLoop& loop, UniqueFd connected, std::function<void()> ready = {});

  /// The same in a stream that is `closed`; only then.
  void take_over(UniqueFd connected);

  [[nodiscard]] Status connect(const port::Endpoint& to) override;
  [[nodiscard]] State state() override;
  [[nodiscard]] Result<Read> read(MutableBytes into) override;
  [[nodiscard]] Result<std::size_t> write(Bytes bytes) override;
  void close() override;

  /// For a stream that was accepted before its user existed.
  void set_ready(std::function<void()> ready) { ready_ = std::move(ready); }

  /// `closed` is called at the end of each close(), when the stream can be used again.
  void set_closed(std::function<void()> closed) { closed_ = std::move(closed); }

 private:
  /// What the loop waits for on our behalf.
  enum class Wait : std::uint8_t { nothing, connected, data, room, data_and_room };

  void on_event();
  void finish_connecting();
  void wait_for(Wait wait);
  UpdateError fail();

  EventLoop& loop_;
  port::IpAddress bind_address_;
  std::function<void()> ready_;
  std::function<void()> closed_;
  State state_{State::closed};
  bool end_of_data_{false};
  Wait wait_{Wait::nothing};
  UniqueFd fd_;
  Watch watch_;  ///< behind fd_: it must go first
};

}  // namespace airlift::posix
