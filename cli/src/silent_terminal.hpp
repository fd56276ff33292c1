#pragma once
// Questions at the terminal whose answers nobody may see.

#include <termios.h>

#include <optional>
#include <string>

#include "interrupt.hpp"
#include "passphrase.hpp"

namespace airlift::cli {

/// As long as it lives, the terminal does not show what is typed, and SIGINT and SIGTERM end a question, not
/// the program. OpenSSL's own prompt is shown before the echo is off, and misses a signal that comes while it
/// begins; readpassphrase() of the BSDs misses that, too.
class SilentTerminal {
 public:
  /// What was typed before is dropped: it was no answer. Throws CommandError when there is no terminal.
  SilentTerminal();
  ~SilentTerminal();
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  /// The line typed after `prompt`; nothing at the end of input or when interrupted.
  [[nodiscard]] std::optional<Secret> ask(const std::string& prompt);

 private:
  posix::EventLoop loop_;
  Interrupt interrupt_{loop_};  // outlives the silence, which a signal must not leave behind
  posix::UniqueFd fd_;
  termios before_{};
};

}  // namespace airlift::cli
