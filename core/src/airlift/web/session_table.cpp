#include "airlift/web/session_table.hpp"

#include <algorithm>

#include "airlift/crypto/backend.hpp"

namespace airlift::web {

bool is_token(std::string_view hex, const Token& token) {
  Token given{};
  return codec::from_hex(hex, given) && crypto::backend::equal_constant_time(given, token);
}

std::optional<Session>* SessionTable::place_of(std::string_view cookie) {
  for (auto& place : places_) {
    if (place && is_token(cookie, place->cookie)) return &place;
  }
  return nullptr;
}

Result<const Session*> SessionTable::open(port::Entropy& entropy, Instant now) {
  Session session;
  session.last_used = now;
  if (!entropy.fill(session.cookie).ok() || !entropy.fill(session.csrf).ok()) return UpdateError::no_entropy;
  auto* const place = std::min_element(places_.begin(), places_.end(), [](const auto& a, const auto& b) {
    return !a || (b && a->last_used < b->last_used);
  });
  *place = session;
  return &**place;
}

const Session* SessionTable::find(std::string_view cookie, Instant now) {
  auto* const place = place_of(cookie);
  if (place == nullptr) return nullptr;
  if (now - (*place)->last_used >= http::session_timeout) {
    place->reset();
    return nullptr;
  }
  (*place)->last_used = now;
  return &**place;
}

void SessionTable::close(std::string_view cookie) {
  if (auto* const place = place_of(cookie)) place->reset();
}

}  // namespace airlift::web
