#pragma once
// Reads the head of an HTTP/1 request from bytes, in whatever pieces they come, and refuses all that could be
// read in two ways. The body is its caller's: `content_length` bytes behind the head.

#include <http_parser.h>

#include <array>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/http/head_scanner.hpp"
#include "airlift/http/limits.hpp"
#include "airlift/http/request.hpp"

namespace airlift::http {

class RequestReader {
 public:
  enum class State : std::uint8_t {
    head,     ///< the end of the head ends it
    whole,    ///< request() is there; start() ends it
    refused,  ///< status() says why; start() ends it
  };

  /// `extra` outlives the reader; its values share the memory for all others.
  explicit RequestReader(Span<ExtraHeader> extra = {}) : extra_{extra} { start(); }
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Begins with the next request.
  void start();
  /// Takes bytes until the head's end or a reason to refuse it; returns how many.
  std::size_t take(Bytes bytes);

  [[nodiscard]] State state() const { return state_; }
  /// A byte of the request has come.
  [[nodiscard]] bool begun() const { return begun_; }
  /// Only when `whole`.
  [[nodiscard]] const Request& request() const { return request_; }
  /// Only when `refused`: 400, 411 (Transfer-Encoding), 417, 431, 505.
  [[nodiscard]] int status() const { return status_; }

 private:
  static constexpr std::size_t kept_headers{12};
  struct Kept {
    bool there{false};
    std::size_t at{0};
    std::size_t size{0};
  };

  static int on_url(http_parser* parser, const char* text, std::size_t size);
  static int on_field(http_parser* parser, const char* text, std::size_t size);
  static int on_value(http_parser* parser, const char* text, std::size_t size);
  static int on_complete(http_parser* parser);

  void refuse(int status);
  void parse(Bytes bytes);
  void judge();
  [[nodiscard]] bool keep(Kept& into, std::string_view text);
  void take_name(std::string_view text);
  void find_header();
  [[nodiscard]] bool take_value(std::string_view text);
  [[nodiscard]] std::string_view view(const Kept& kept) const;
  [[nodiscard]] int take_target();
  [[nodiscard]] int take_headers();

  http_parser parser_{};
  HeadScanner scanner_;
  State state_{State::head};
  bool begun_{false};
  bool complete_{false};  ///< the parser sees the end of the head
  int status_{0};
  Request request_;

  Kept target_;
  std::array<Kept, kept_headers> headers_{};
  Span<ExtraHeader> extra_;
  FixedString<longest_header_name> name_;  ///< of the header that is being read
  bool in_value_{false};
  std::size_t header_{0};  ///< which of headers_ it is; from kept_headers on, of extra_, or none
  bool transfer_encoding_{false};
  bool twice_{false};  ///< a header that may stand there once
  std::size_t kept_size_{0};
  std::array<char, kept_bytes> kept_{};
};

}  // namespace airlift::http
