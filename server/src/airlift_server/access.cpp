#include "airlift_server/access.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/crypto/backend.hpp"
#include "airlift/http/login.hpp"

namespace airlift::server {
namespace {

crypto::Sha256Digest digest_of(std::string_view secret) {
  return crypto::sha256(as_bytes(secret));
}

}  // namespace

Access::Access(std::optional<std::vector<Token>> tokens, std::optional<std::string_view> password)
    : open_{!tokens && !password}, tokens_{std::move(tokens).value_or(std::vector<Token>{})} {
  if (password) password_sha256_ = digest_of(*password);
}

/// Looks at all of them, whichever it is.
const Token* Access::find(std::string_view token) const {
  const crypto::Sha256Digest digest = digest_of(token);
  const Token* found{nullptr};
  for (const Token& each : tokens_) {
    if (crypto::backend::equal_constant_time(each.sha256, digest)) found = &each;
  }
  return found;
}

bool Access::is_password(std::string_view login) const {
  return password_sha256_ && crypto::backend::equal_constant_time(*password_sha256_, digest_of(login));
}

Access::Decision Access::judge(std::string_view authorization) const {
  if (open_) return {};
  if (authorization.empty()) return {Verdict::missing, {}};
  std::string_view rest = authorization;
  const bool bearer = codec::equal_ignoring_case(codec::take_until(rest, ' '), "Bearer");
  const auto login = bearer ? std::nullopt : http::basic_login(authorization);
  const auto password = bearer ? std::nullopt : http::basic_password(authorization);
  const Token* const token = find(bearer     ? codec::trimmed(rest)
                                  : password ? password->view()
                                             : std::string_view{});
  const bool known = login && is_password(login->view());
  if (token != nullptr) return {Verdict::granted, token->name};
  return {known ? Verdict::granted : Verdict::wrong, {}};
}

milliseconds GuessBrake::wrong(const port::IpAddress& address, Instant now) {
  if (guesses_.size() >= most_addresses) forget(now);
  Guesses& guesses = guesses_[address.bytes];
  if (now - guesses.last >= forget_after) guesses.count = 0;
  guesses.last = now;
  ++guesses.count;
  const int beyond = guesses.count - free_guesses;
  if (beyond <= 0) return milliseconds{0};
  constexpr int most_doublings{5};
  return std::min(longest_wait, first_wait * (1 << std::min(beyond - 1, most_doublings)));
}

void GuessBrake::forget(Instant now) {
  std::erase_if(guesses_, [now](const auto& each) { return now - each.second.last >= forget_after; });
  // All of them within that time: whoever has so many addresses is not slowed down by counting them.
  if (guesses_.size() >= most_addresses) guesses_.clear();
}

}  // namespace airlift::server
