#include "passphrase.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>

#include "airlift_posix/unique_fd.hpp"
#include "command_failure.hpp"
#include "password_file.hpp"
#include "terminal.hpp"

namespace airlift::cli {
namespace {

constexpr int longest_passphrase{1023};  // what OpenSSL's own programs take (PEM_BUFSIZE)

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
  // Without a terminal OpenSSL would read standard input, which may be anything.
  if (!posix::UniqueFd{open("/dev/tty", O_RDWR | O_CLOEXEC)}) {
    throw unusable("no terminal to ask for the passphrase on",
                   "Put it into a file that only you can read and give --passphrase-file.");
  }
  std::array<char, longest_passphrase + 1> typed{};
  const int outcome = EVP_read_pw_string_min(typed.data(), 0, static_cast<int>(typed.size()), prompt.c_str(),
                                             times == Prompt::twice ? 1 : 0);
  Secret secret{typed.data()};
  OPENSSL_cleanse(typed.data(), typed.size());
  if (outcome != 0) throw unusable("no passphrase was typed, or not the same twice", "Try again.");
  if (secret.text().empty()) throw unusable("the passphrase is empty", "Try again with some characters.");
  return secret;
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
