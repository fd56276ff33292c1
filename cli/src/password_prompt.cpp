#include "password_prompt.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "command_failure.hpp"
#include "passphrase.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace airlift::cli {

bool can_ask_for_password() {
  return is_terminal(STDIN_FILENO);
}

std::optional<std::string> ask_for_password(const std::string& device, int attempt) try {
  if (attempt > 1) print_warning("that password is wrong");
  return passphrase_from_terminal(fmt::format("Password of {}: ", printable(device)), Prompt::once).text();
} catch (const CommandError&) {
  return std::nullopt;
}

}  // namespace airlift::cli
