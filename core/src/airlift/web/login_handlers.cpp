// The page itself, and who uses it.

#include "airlift/codec/text.hpp"
#include "airlift/http/json.hpp"
#include "airlift/http/url.hpp"
#include "airlift/web/handlers.hpp"

namespace airlift::web {
namespace {

// The page is one file: scripts and styles stand inside it, and it talks to its own device only.
constexpr std::string_view page_policy{
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"};

/// `gzip` among the codings, not refused by `q=0` (RFC 9110 12.5.3).
bool takes_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    const std::string_view coding = codec::trimmed(codec::take_until(accepted, ','));
    const std::string_view name = coding.substr(0, coding.find_first_of("; "));
    if (codec::equal_ignoring_case(name, "gzip") || name == "*") {
      return coding.find("q=0") == std::string_view::npos || coding.find("q=0.") != std::string_view::npos;
    }
  }
  return false;
}

constexpr std::string_view text_of(bool value) {
  return value ? "true" : "false";
}

}  // namespace

void send_page(Call& call) {
  Answer& answer = call.answer;
  const Page& page = call.site.page;
  if (!takes_gzip(call.request.accept_encoding)) return refuse(call, refusal_of(406));
  answer.cache_control = "no-cache";  // but kept, and asked for by its ETag
  answer.header("ETag", page.etag).header("Vary", "Accept-Encoding");
  if (!page.etag.empty() && call.request.if_none_match == page.etag) {
    answer.status = 304;
    answer.content_type = {};
    return;
  }
  answer.content_type = "text/html; charset=utf-8";
  answer.header("Content-Encoding", "gzip").header("Content-Security-Policy", page_policy);
  answer.whole = page.gzip;
}

void send_home(Call& call) {
  const std::string_view elsewhere = call.site.board->device().home_page();
  if (elsewhere.empty()) return send_page(call);
  call.answer.status = 302;
  call.answer.content_type = {};
  call.answer.header("Location", elsewhere);
}

void show_login(Call& call) {
  const Guard& guard = call.site.guard;
  const Session* session = call.site.guard.session_of(call.request, call.now);
  http::JsonObject object{call.text};
  object.field("password", text_of(guard.has_password()))
      .field("session", text_of(session != nullptr))
      .field("csrf", session == nullptr ? std::string_view{} : codec::view(codec::to_hex(session->csrf)))
      .field("safemode", text_of(guard.in_safe_mode()))
      .end();
}

void log_in(Call& call) {
  auto password = http::form_value<wire::longest_password_bytes>(call.form, "password");
  const Session* session{nullptr};
  const Refusal refusal =
      password ? call.site.guard.log_in(*password, call.visitor, call.now, session) : refusal_of(400);
  if (password) password->wipe();
  if (refusal) return refuse(call, refusal);
  FixedString<160> cookie{session_cookie};
  cookie.append("=").append(codec::view(codec::to_hex(session->cookie)));
  cookie.append("; Path=/; HttpOnly; SameSite=Strict");
  if (call.visitor.transport == Transport::encrypted) cookie.append("; Secure");
  call.answer.header("Set-Cookie", cookie);
  http::JsonObject{call.text}.field("csrf", codec::view(codec::to_hex(session->csrf))).end();
}

void log_out(Call& call) {
  call.site.guard.log_out(call.request);
  call.answer.header("Set-Cookie", "airlift=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
  http::JsonObject{call.text}.end();
}

}  // namespace airlift::web
