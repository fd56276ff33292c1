#include "password_prompt.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

#include "command_failure.hpp"
#include "passphrase.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace airlift::cli {
namespace {

/// Lets SIGINT and SIGTERM through as long as it lives: OpenSSL's prompt ends by them.
class SignalsPass {
 public:
  SignalsPass() {
    sigset_t signals{};
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_UNBLOCK, &signals, &before_);
  }
  ~SignalsPass() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalsPass(const SignalsPass&) = delete;
  SignalsPass& operator=(const SignalsPass&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

bool can_ask_for_password() {
  return is_terminal(STDIN_FILENO);
}

std::optional<std::string> ask_for_password(const std::string& device, int attempt) try {
  const SignalsPass signals;
  if (attempt > 1) print_warning("that password is wrong");
  return passphrase_from_terminal(fmt::format("Password of {}: ", printable(device)), Prompt::once).text();
} catch (const CommandError&) {
  return std::nullopt;
}

}  // namespace airlift::cli
