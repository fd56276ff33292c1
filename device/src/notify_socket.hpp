#pragma once
// The socket on which applications tell that they are ready and alive: NOTIFY_SOCKET of sd_notify(3).

#include <functional>
#include <string>
#include <string_view>

#include "airlift_posix/event_loop.hpp"
#include "airlift_posix/unique_fd.hpp"
#include "notify_message.hpp"

namespace airlift::device {

/// Listens at `notify` in a directory. Takes messages only from processes of this user and of root, and none
/// of the descriptors that come with them.
class NotifySocket {
 public:
  /// Replaces what an earlier one left behind. `directory` is absolute; `received` runs inside
  /// loop.iterate(). Throws std::system_error.
  NotifySocket(posix::EventLoop& loop, const std::string& directory,
               std::function<void(const NotifyMessage&)> received);

  /// What to put into NOTIFY_SOCKET for processes of this user. Good as long as this object lives.
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  enum class Taken : bool { nothing, datagram };

  void take();
  Taken take_one();

  std::function<void(const NotifyMessage&)> received_;
  posix::UniqueFd directory_;
  std::string address_;
  posix::UniqueFd fd_;
  posix::Watch watch_;
};

/// Sends `text` to the NotifySocket in `directory`. False: none listens there, or not to this user.
[[nodiscard]] bool send_notify(const std::string& directory, std::string_view text);

}  // namespace airlift::device
