#include "airlift/http/answer.hpp"

#include <cassert>

namespace airlift::http {
namespace {

struct StatusRow {
  int status;
  std::string_view reason;
};

constexpr StatusRow status_table[]{
    {200, "OK"},
    {204, "No Content"},
    {206, "Partial Content"},
    {302, "Found"},
    {304, "Not Modified"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view reason_of(int status) {
  for (const StatusRow& row : status_table) {
    if (row.status == status) return row.reason;
  }
  return "Unknown";
}

void append_header(TextWriter& into, std::string_view name, std::string_view value) {
  into.append(name).append(": ").append(value).append("\r\n");
}

void append_head(TextWriter& into, const AnswerHead& head) {
  into.append("HTTP/1.1 ")
      .append_number(head.status)
      .append(" ")
      .append(reason_of(head.status))
      .append("\r\n");
  if (!head.content_type.empty()) append_header(into, "Content-Type", head.content_type);
  if (head.framing == AnswerHead::Framing::chunked) {
    append_header(into, "Transfer-Encoding", "chunked");
  } else if (head.framing == AnswerHead::Framing::length && head.status != 204 && head.status != 304) {
    into.append("Content-Length: ").append_number(head.length).append("\r\n");
  }
  append_header(into, "Connection", head.keep_alive ? "keep-alive" : "close");
  append_header(into, "X-Content-Type-Options", "nosniff");
  append_header(into, "Referrer-Policy", "no-referrer");
}

void end_head(TextWriter& into) {
  into.append("\r\n");
}

Bytes frame_chunk(MutableBytes buffer, std::size_t size) {
  constexpr std::string_view digits{"0123456789abcdef"};
  assert(size <= 0xFFF);
  const std::array<char, chunk_head_bytes> head{digits[size >> 8], digits[size >> 4 & 15], digits[size & 15],
                                                '\r', '\n'};
  for (std::size_t i = 0; i < head.size(); ++i) buffer[i] = static_cast<std::uint8_t>(head[i]);
  buffer[chunk_head_bytes + size] = '\r';
  buffer[chunk_head_bytes + size + 1] = '\n';
  return buffer.first(chunk_head_bytes + size + chunk_tail_bytes);
}

}  // namespace airlift::http
