#include "interrupt.hpp"

#include <sys/signalfd.h>

#include <cerrno>
#include <system_error>

namespace airlift::cli {

Interrupt::Interrupt(posix::EventLoop& loop) {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, &before_);
  fd_.reset(signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) throw std::system_error{errno, std::generic_category(), "signalfd"};
  watch_ = loop.watch(fd_.get(), posix::Interest::readable, [this] {
    signalfd_siginfo info{};
    requested_ = read(fd_.get(), &info, sizeof(info)) > 0 || requested_;
  });
}

Interrupt::~Interrupt() {
  watch_.reset();
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace airlift::cli
