#include "notify_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace airlift::device {
namespace {

constexpr const char* socket_name{"notify"};

/// `directory` through a descriptor of process `process`: short, however long its path is.
std::string short_path(const std::string& process, int directory) {
  return "/proc/" + process + "/fd/" + std::to_string(directory) + "/" + socket_name;
}

bool fits(const std::string& path) {
  return path.size() < sizeof(sockaddr_un::sun_path);
}

[[noreturn]] void fail(const std::string& address) {
  throw std::system_error{errno, std::generic_category(), "cannot listen at " + address};
}

sockaddr_un address_in(int directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = short_path("self", directory);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool may_notify(msghdr& header) {
  const cmsghdr* const control = CMSG_FIRSTHDR(&header);
  if (control == nullptr || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_CREDENTIALS ||
      control->cmsg_len != CMSG_LEN(sizeof(ucred))) {
    return false;
  }
  ucred sender{};
  std::memcpy(&sender, CMSG_DATA(control), sizeof sender);
  return sender.uid == 0 || sender.uid == ::geteuid();
}

}  // namespace

NotifySocket::NotifySocket(posix::EventLoop& loop, const std::string& directory,
                           std::function<void(const NotifyMessage&)> received)
    : received_{std::move(received)},
      directory_{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)},
      address_{directory + "/" + socket_name},
      fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)} {
  if (!directory_ || !fd_) fail(address_);
  const int on{1};
  // The rights that a socket has before bind() become those of its file: net/unix/af_unix.c, unix_bind_bsd().
  if (::setsockopt(fd_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 ||
      ::fchmod(fd_.get(), 0600) != 0) {
    fail(address_);
  }
  ::unlinkat(directory_.get(), socket_name, 0);
  const sockaddr_un address = address_in(directory_.get());
  if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail(address_);
  // An address holds 107 characters; /proc shows descriptors to processes of the same user.
  if (!fits(address_)) address_ = short_path(std::to_string(::getpid()), directory_.get());
  watch_ = loop.watch(fd_.get(), posix::Interest::readable, [this] { take(); });
}

void NotifySocket::take() {
  constexpr int most_per_turn{16};  // an application that never stops talking stops nothing else
  for (int i = 0; i < most_per_turn && take_one() == Taken::datagram; ++i) {
  }
}

NotifySocket::Taken NotifySocket::take_one() {
  std::array<char, longest_notify_bytes> text{};
  // With room for credentials only, the kernel closes descriptors that are sent along instead of handing them
  // over: net/core/scm.c, scm_detach_fds().
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
  iovec piece{text.data(), text.size()};
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t size = ::recvmsg(fd_.get(), &header, MSG_CMSG_CLOEXEC);
  if (size < 0) return Taken::nothing;
  if ((header.msg_flags & MSG_TRUNC) == 0 && may_notify(header)) {
    received_(parse_notify({text.data(), static_cast<std::size_t>(size)}));
  }
  return Taken::datagram;
}

bool send_notify(const std::string& directory, std::string_view text) {
  const posix::UniqueFd folder{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  const posix::UniqueFd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!folder || !fd) return false;
  const sockaddr_un address = address_in(folder.get());
  return ::sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address), sizeof address) >= 0;
}

}  // namespace airlift::device
