#pragma once
// One HTTP request at a time to a server, plain or by TLS: what the pull client needs of a network library.
// It decides nothing: no redirect is followed, nothing is asked again, no cookie is kept.

#include <array>
#include <optional>
#include <string_view>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"

namespace airlift::port {

class HttpClient {
 public:
  /// SHA-256 of a certificate (DER), or of its public key (SubjectPublicKeyInfo, DER).
  using Pin = std::array<std::uint8_t, 32>;

  /// When a TLS server is taken. docs/design/pull.md, "Whom it trusts".
  struct Trust {
    enum class Roots : std::uint8_t {
      none,    ///< no chain is looked at: the pin alone decides; without pins nobody is trusted
      system,  ///< who the system trusts
      file,    ///< `ca` holds them
    };
    Roots roots{Roots::system};
    std::string_view ca;   ///< a PEM file, as the configuration names it
    Span<const Pin> pins;  ///< the server has to show one of them; empty: any
  };

  struct Header {
    std::string_view name;
    std::string_view value;  ///< printable ASCII
  };

  struct Request {
    std::string_view url;  ///< `http://` or `https://`
    Span<const Header> headers;
    /// `user:password` is sent as Basic, anything without a colon as Bearer token; empty: nothing. A secret.
    std::string_view credentials;
    std::string_view proxy;  ///< `http://host:port`; empty: none
    Trust trust;
  };

  /// The head of the answer. Headers that are not there are empty; a header longer than longest_value_bytes
  /// counts as not there. Views are good until the next start() or cancel().
  struct Response {
    int status{0};
    std::optional<std::uint64_t> content_length;
    std::string_view content_range;
    std::string_view content_encoding;
    std::string_view content_type;
    std::string_view etag;
    std::string_view last_modified;
    std::string_view retry_after;
    std::string_view location;  ///< made absolute
    std::string_view md5;       ///< x-MD5
    std::string_view sha256;    ///< x-SHA256
    std::string_view version;   ///< x-version
  };
  /// The headers that a Response shows as they came, and where.
  struct TextHeader {
    std::string_view name;
    std::string_view Response::*view;
  };
  static constexpr std::array<TextHeader, 10> text_headers{{
      {"Location", &Response::location},
      {"Content-Range", &Response::content_range},
      {"Content-Encoding", &Response::content_encoding},
      {"Content-Type", &Response::content_type},
      {"ETag", &Response::etag},
      {"Last-Modified", &Response::last_modified},
      {"Retry-After", &Response::retry_after},
      {"x-MD5", &Response::md5},
      {"x-SHA256", &Response::sha256},
      {"x-version", &Response::version},
  }};
  static constexpr std::size_t longest_head_bytes{8192};  ///< a longer one: bad_response
  static constexpr std::size_t longest_value_bytes{256};

  enum class State : std::uint8_t {
    idle,        ///< start() ends it
    asking,      ///< ended by the head of the answer, an error, cancel()
    responding,  ///< response() is there; ended by read() alone, which tells the end or an error, and
                 ///< cancel()
    failed,      ///< error() says why; start() or cancel() ends it
  };

  virtual ~HttpClient() = default;

  /// Begins; everything in `request` is copied. What was on is given up. Outcomes: ok; bad_response: not a
  /// URL of this kind; key_unreadable: `ca` cannot be used; tls_failed: no TLS on this board; network_failed.
  [[nodiscard]] virtual Status start(const Request& request) = 0;
  [[nodiscard]] virtual State state() = 0;
  /// From `responding` to the next start() or cancel(); before and after, an empty one.
  [[nodiscard]] virtual const Response& response() const = 0;

  struct Read {
    std::size_t count{0};  ///< bytes put into the buffer; 0: nothing there now
    /// All of it has been given: the state is `idle`. Comes with the last bytes or, as a port likes it, in a
    /// later read with count 0; for an empty body, too.
    bool end_of_body{false};
  };
  /// In `responding`, nowhere else: the next bytes of the body. Outcomes: what was read; as error(): then the
  /// state is `failed`. All bytes that came before an error are given before it.
  [[nodiscard]] virtual Result<Read> read(MutableBytes into) = 0;

  /// In `failed`: name_not_found, no_connection, connection_lost (also a body shorter than its
  /// Content-Length), bad_response, proxy_failed, tls_failed, certificate_untrusted, certificate_expired,
  /// certificate_other_name, certificate_not_pinned.
  [[nodiscard]] virtual UpdateError error() const = 0;

  /// Gives up; `idle` follows.
  virtual void cancel() = 0;
};

}  // namespace airlift::port
