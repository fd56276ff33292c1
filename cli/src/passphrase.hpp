#pragma once
// Where the passphrase of a private key comes from. Never from the command line: other users can read that.

#include <functional>
#include <optional>
#include <string>

namespace airlift::cli {

/// A text that is overwritten when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_{std::move(text)} {}
  Secret(Secret&& other) noexcept { text_.swap(other.text_); }
  Secret& operator=(Secret&& other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Secret();

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Is called for the passphrase of a key that has one.
using PassphraseSource = std::function<Secret()>;

/// The first line of `file`, else `environment`, else what the user types at the terminal. Calling it throws
/// CommandError when there is none of these.
[[nodiscard]] PassphraseSource passphrase_source(std::string key_path, std::optional<std::string> file,
                                                 const char* environment);

/// The first line of `path`, with a warning when others may read it. Throws CommandError, also when it is
/// empty.
[[nodiscard]] Secret passphrase_in_file(const std::string& path);

enum class Prompt { once, twice };
/// Asks at the terminal without showing what is typed. Throws CommandError when there is no terminal, nothing
/// is typed, or, asked twice, not the same.
[[nodiscard]] Secret passphrase_from_terminal(const std::string& prompt, Prompt times);

}  // namespace airlift::cli
