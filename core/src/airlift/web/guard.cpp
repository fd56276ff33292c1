#include "airlift/web/guard.hpp"

#include "airlift/codec/text.hpp"
#include "airlift/http/login.hpp"

namespace airlift::web {
namespace {

using codec::equal_ignoring_case;

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// `http://host:port` of the page that asks, against the Host it asks.
bool same_origin(const http::Request& request, Transport transport) {
  const std::string_view scheme = transport == Transport::encrypted ? "https://" : "http://";
  return starts_with(request.origin, scheme) &&
         equal_ignoring_case(request.origin.substr(scheme.size()), request.host);
}

/// Every browser's product begins so (RFC 9110 10.1.5; a page cannot change it in a request to elsewhere).
bool is_browser(const http::Request& request) {
  return starts_with(request.user_agent, "Mozilla/");
}

}  // namespace

bool from_own_page_or_tool(const http::Request& request, Transport transport) {
  if (!request.origin.empty() && !same_origin(request, transport)) return false;
  const std::string_view site = request.fetch_site;
  if (!site.empty()) return site == "same-origin" || site == "none";
  return !request.origin.empty() || !request.csrf_token.empty() || !is_browser(request);
}

Refusal Guard::check(const http::Request& request, Need need, const Visitor& visitor, Instant now) {
  if (need == Need::nothing) return {};
  const bool own = from_own_page_or_tool(request, visitor.transport);
  if (need == Need::own_page) return own ? Refusal{} : cross_site_refusal();
  const Session* session = session_of(request, now);
  if (ota_.has_password() && session == nullptr) {
    if (const Refusal refusal = check_basic(request, visitor, now)) return refusal;
  }
  if (need == Need::password) return {};
  if (in_safe_mode()) return refusal_of(UpdateError::safe_mode);
  if (visitor.transport == Transport::plain && ota_.requires_protection()) {
    return refusal_of(UpdateError::encryption_required);
  }
  const bool proven = session != nullptr ? is_token(request.csrf_token, session->csrf) : own;
  return proven ? Refusal{} : cross_site_refusal();
}

const Session* Guard::session_of(const http::Request& request, Instant now) {
  return sessions_.find(http::cookie_value(request.cookie, session_cookie), now);
}

Refusal Guard::check_password(std::string_view password, const Visitor& visitor, Instant now) {
  const port::IpAddress& source = visitor.peer.address;
  element::TryLimiter& limiter = ota_.limiter();
  if (const milliseconds wait = limiter.wait_for(source, now); wait > milliseconds{0}) {
    Refusal refusal = refusal_of(UpdateError::too_many_tries);
    refusal.wait = wait;
    return refusal;
  }
  if (!ota_.password_is(password)) {
    limiter.failed(source, now);
    return refusal_of(UpdateError::wrong_password);
  }
  limiter.succeeded(source);
  return {};
}

Refusal Guard::check_basic(const http::Request& request, const Visitor& visitor, Instant now) {
  if (request.authorization.empty()) return refusal_of(401);
  auto password = http::basic_password(request.authorization);
  if (!password) return refusal_of(401);
  const Refusal refusal = check_password(*password, visitor, now);
  password->wipe();
  return refusal;
}

Refusal Guard::log_in(std::string_view password, const Visitor& visitor, Instant now, const Session*& into) {
  if (const Refusal refusal = check_password(password, visitor, now)) return refusal;
  const Result<const Session*> opened = sessions_.open(entropy_, now);
  if (!opened.ok()) return refusal_of(opened.error());
  into = opened.value();
  return {};
}

void Guard::log_out(const http::Request& request) {
  sessions_.close(http::cookie_value(request.cookie, session_cookie));
}

}  // namespace airlift::web
