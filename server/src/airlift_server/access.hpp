#pragma once
// Who may ask: tokens and one password. docs/design/update-server.md, "Who may".

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "airlift/base/time.hpp"
#include "airlift/port/network.hpp"
#include "airlift_server/token_list.hpp"

namespace airlift::server {

class Access {
 public:
  /// Nothing given: everybody may.
  Access() = default;
  /// `password` is `user:password`; only its digest is kept.
  Access(std::optional<std::vector<Token>> tokens, std::optional<std::string_view> password);

  enum class Verdict : std::uint8_t {
    granted,
    missing,  ///< nothing was said
    wrong,
  };
  struct Decision {
    Verdict verdict{Verdict::granted};
    std::string_view token;  ///< whose, when that was it; good while this Access is
  };
  /// Judges an Authorization header in constant time.
  [[nodiscard]] Decision judge(std::string_view authorization) const;

 private:
  [[nodiscard]] const Token* find(std::string_view token) const;
  [[nodiscard]] bool is_password(std::string_view login) const;

  bool open_{true};
  std::vector<Token> tokens_;
  std::optional<crypto::Sha256Digest> password_sha256_;
};

/// Slows down guessing, by address; in bounded memory.
class GuessBrake {
 public:
  static constexpr int free_guesses{5};
  static constexpr milliseconds first_wait{500};
  static constexpr milliseconds longest_wait{10'000};
  static constexpr seconds forget_after{600};
  static constexpr std::size_t most_addresses{4096};

  /// Counts a wrong one, and says how long its answer is to wait.
  [[nodiscard]] milliseconds wrong(const port::IpAddress& address, Instant now);

 private:
  struct Guesses {
    int count{0};
    Instant last;
  };
  void forget(Instant now);

  std::map<std::array<std::uint8_t, 16>, Guesses> guesses_;
};

}  // namespace airlift::server
