#pragma once
// Who may do what. docs/design/device-page.md, "Who may".

#include "airlift/element/ota_element.hpp"
#include "airlift/http/request.hpp"
#include "airlift/web/refusal.hpp"
#include "airlift/web/session_table.hpp"

namespace airlift::web {

/// What a route asks for.
enum class Need : std::uint8_t {
  nothing,
  own_page,  ///< that no foreign page sends it
  password,
  change,  ///< the password, that no foreign page sends it, and no safe mode
};

enum class Transport : std::uint8_t { plain, encrypted };

struct Visitor {
  port::Endpoint peer;
  Transport transport{Transport::plain};
};

inline constexpr std::string_view session_cookie{"airlift"};

class Guard {
 public:
  /// Both outlive the guard.
  Guard(element::OtaElement& ota, port::Entropy& entropy) : ota_{ota}, entropy_{entropy} {}

  enum class Changes : std::uint8_t { allowed, in_safe_mode };
  void set_changes(Changes changes) { changes_ = changes; }

  /// Whether the request may go on. A wrong password is counted.
  [[nodiscard]] Refusal check(const http::Request& request, Need need, const Visitor& visitor, Instant now);

  /// The session of the request's cookie; nullptr: none.
  [[nodiscard]] const Session* session_of(const http::Request& request, Instant now);
  /// Opens one when the password is right; a wrong one is counted. `into` gets it.
  [[nodiscard]] Refusal log_in(std::string_view password, const Visitor& visitor, Instant now,
                               const Session*& into);
  void log_out(const http::Request& request);
  void forget_sessions() { sessions_.close_all(); }

  [[nodiscard]] bool has_password() const { return ota_.has_password(); }
  [[nodiscard]] bool in_safe_mode() const { return changes_ == Changes::in_safe_mode; }

 private:
  [[nodiscard]] Refusal check_password(std::string_view password, const Visitor& visitor, Instant now);
  [[nodiscard]] Refusal check_basic(const http::Request& request, const Visitor& visitor, Instant now);

  element::OtaElement& ota_;
  port::Entropy& entropy_;
  SessionTable sessions_;
  Changes changes_{Changes::in_safe_mode};
};

/// That no foreign page makes the browser send it. A tool says nothing about where a request comes from, a
/// browser does; one that does not (the answer depends on its age, on the method and on TLS) has to send the
/// header X-CSRF-Token, whatever its value, which a foreign page cannot make it do.
[[nodiscard]] bool from_own_page_or_tool(const http::Request& request, Transport transport);

}  // namespace airlift::web
