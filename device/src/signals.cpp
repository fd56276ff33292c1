#include "signals.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace airlift::device {

Signals::Signals(posix::EventLoop& loop, std::function<void()> stop_asked,
                 std::function<void()> child_changed)
    : stop_asked_{std::move(stop_asked)}, child_changed_{std::move(child_changed)} {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) ::sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  fd_.reset(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) throw std::system_error{errno, std::generic_category(), "signalfd"};
  watch_ = loop.watch(fd_.get(), posix::Interest::readable, [this] { take(); });
}

void Signals::take() {
  signalfd_siginfo info{};
  while (::read(fd_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGCHLD) {
      child_changed_();
    } else {
      stop_asked_();
    }
  }
}

}  // namespace airlift::device
