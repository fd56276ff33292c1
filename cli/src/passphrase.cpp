#include "passphrase.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "command_failure.hpp"
#include "password_file.hpp"
#include "silent_terminal.hpp"
#include "terminal.hpp"

namespace airlift::cli {
namespace {

CommandError unusable(std::string message, std::string_view advice) {
  return make_error(UpdateError::key_unreadable, Subject::passphrase, std::move(message), advice);
}

}  // namespace

Secret::~Secret() {
  OPENSSL_cleanse(text_.data(), text_.size());
}

Secret passphrase_in_file(const std::string& path) try {
  PasswordInFile read = read_password_file(path);
  if (read.readable_by_all) warn_about_readable_file(path);
  if (read.text.empty()) throw unusable(fmt::format("the first line of {} is empty", path), "Write one.");
  return Secret{std::move(read.text)};
} catch (const FileError& error) {
  throw unusable(error.message, "Check its name and rights.");
}

Secret passphrase_from_terminal(const std::string& prompt, Prompt times) {
  SilentTerminal terminal;
  std::optional<Secret> secret = terminal.ask(prompt);
  const bool verify = secret && times == Prompt::twice;
  const auto again = verify ? terminal.ask(fmt::format("Verifying - {}", prompt)) : std::nullopt;
  if (!secret || (verify && (!again || again->text() != secret->text()))) {
    throw unusable("no passphrase was typed, or not the same twice", "Try again.");
  }
  if (secret->text().empty()) throw unusable("the passphrase is empty", "Try again with some characters.");
  return std::move(*secret);
}

PassphraseSource passphrase_source(std::string key_path, std::optional<std::string> file,
                                   const char* environment) {
  return [key_path = std::move(key_path), file = std::move(file), environment] {
    if (file) return passphrase_in_file(*file);
    if (environment != nullptr) return Secret{environment};
    return passphrase_from_terminal(fmt::format("Passphrase of {}: ", key_path), Prompt::once);
  };
}

}  // namespace airlift::cli
