#pragma once
// Who has logged in with a browser. docs/design/device-page.md, "Who may".

#include <array>
#include <optional>
#include <string_view>

#include "airlift/base/time.hpp"
#include "airlift/codec/text.hpp"
#include "airlift/http/limits.hpp"
#include "airlift/port/system.hpp"

namespace airlift::web {

using Token = std::array<std::uint8_t, 32>;

struct Session {
  Token cookie{};
  Token csrf{};
  Instant last_used;
};

class SessionTable {
 public:
  /// When all places are taken, the session that was not used for longest makes room. Outcomes: the session,
  /// good until the next call; no_entropy.
  [[nodiscard]] Result<const Session*> open(port::Entropy& entropy, Instant now);
  /// The session this cookie belongs to, in hex, and marks it used; nullptr: none, or it was idle too long.
  [[nodiscard]] const Session* find(std::string_view cookie, Instant now);
  void close(std::string_view cookie);
  void close_all() { places_ = {}; }

 private:
  [[nodiscard]] std::optional<Session>* place_of(std::string_view cookie);

  std::array<std::optional<Session>, http::most_sessions> places_{};
};

/// The time it takes tells nothing about the token.
[[nodiscard]] bool is_token(std::string_view hex, const Token& token);

}  // namespace airlift::web
