#pragma once
// The head of an answer, and the frame of its pieces (RFC 9112).

#include <optional>

#include "airlift/http/text_writer.hpp"

namespace airlift::http {

struct AnswerHead {
  enum class Framing : std::uint8_t {
    length,  ///< known beforehand
    chunked,
    until_close,  ///< what HTTP/1.0 has for lengths that are not known
  };

  int status{200};
  Framing framing{Framing::length};
  std::uint64_t length{0};
  bool keep_alive{false};
  std::string_view content_type;  ///< empty: no body
};

/// Status line and the headers every answer has, without the empty line that ends the head.
void append_head(TextWriter& into, const AnswerHead& head);
void append_header(TextWriter& into, std::string_view name, std::string_view value);
/// The empty line.
void end_head(TextWriter& into);

/// `Bad Request` for 400.
[[nodiscard]] std::string_view reason_of(int status);

/// Room to keep before a piece, for its size; and after it.
inline constexpr std::size_t chunk_head_bytes{5};
inline constexpr std::size_t chunk_tail_bytes{2};
inline constexpr std::string_view last_chunk{"0\r\n\r\n"};
/// Writes the frame of a chunk around the `size` bytes that stand at `chunk_head_bytes` of `buffer`; at most
/// 0xFFF.
[[nodiscard]] Bytes frame_chunk(MutableBytes buffer, std::size_t size);

}  // namespace airlift::http
