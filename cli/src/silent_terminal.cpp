#include "silent_terminal.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "command_failure.hpp"

namespace airlift::cli {
namespace {

/// Lines come whole and Ctrl-C is a signal, whatever was set before. Ctrl-Z and Ctrl-\ are off: they would
/// stop or end the program with the echo still off.
termios silenced(termios mode) {
  mode.c_iflag |= ICRNL;
  mode.c_lflag |= ICANON | ISIG | NOFLSH;  // else Ctrl-C may swallow what is said of it
  mode.c_lflag &= ~tcflag_t{ECHO | ECHONL};
  mode.c_cc[VSUSP] = mode.c_cc[VQUIT] = _POSIX_VDISABLE;
  return mode;
}

/// One line, without its end; nothing when there is none.
std::optional<Secret> read_line(int terminal) {
  std::array<char, 4096> line{};  // the longest Linux gives: N_TTY_BUF_SIZE in drivers/tty/n_tty.c
  const ssize_t count = read(terminal, line.data(), line.size());
  if (count <= 0) return std::nullopt;
  const auto end = std::find(line.begin(), line.begin() + count, '\n');
  Secret result{std::string{line.begin(), end}};
  OPENSSL_cleanse(line.data(), line.size());
  return result;
}

}  // namespace

SilentTerminal::SilentTerminal() : fd_{open("/dev/tty", O_RDWR | O_CLOEXEC)} {
  const bool there = fd_ && tcgetattr(fd_.get(), &before_) == 0;
  const termios silent = silenced(before_);
  if (!there || tcsetattr(fd_.get(), TCSAFLUSH, &silent) != 0) {
    throw make_error(UpdateError::key_unreadable, Subject::passphrase,
                     "no terminal to ask for the passphrase on",
                     "Put it into a file that only you can read and give --passphrase-file.");
  }
}

SilentTerminal::~SilentTerminal() {
  tcsetattr(fd_.get(), TCSAFLUSH, &before_);
}

std::optional<Secret> SilentTerminal::ask(const std::string& prompt) {
  std::optional<Secret> typed;
  bool over{false};
  const posix::Watch watch = loop_.watch(fd_.get(), posix::Interest::readable, [&] {
    typed = read_line(fd_.get());
    over = true;
  });
  dprintf(fd_.get(), "%s", prompt.c_str());
  while (!over && !interrupt_.requested()) loop_.iterate(std::chrono::hours{1});
  dprintf(fd_.get(), "\n");
  return typed;
}

}  // namespace airlift::cli
