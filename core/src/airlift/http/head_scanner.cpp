#include "airlift/http/head_scanner.hpp"

#include <string_view>

#include "airlift/http/limits.hpp"

namespace airlift::http {
namespace {

/// RFC 9110 5.6.2: what names are made of.
bool is_token(std::uint8_t byte) {
  constexpr std::string_view others{"!#$%&'*+-.^_`|~"};
  const auto c = static_cast<char>(byte);
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         others.find(c) != std::string_view::npos;
}

}  // namespace

HeadScanner::Verdict HeadScanner::take(std::uint8_t byte) {
  if (++bytes_ > longest_head_bytes) return Verdict::too_large;
  if (after_cr_ != (byte == '\n')) return Verdict::ambiguous;
  if (byte == '\n') return end_line();
  after_cr_ = byte == '\r';
  if (after_cr_) return Verdict::go_on;
  if (++line_bytes_ > longest_line_bytes) return Verdict::too_large;
  return allowed(byte) ? Verdict::go_on : Verdict::ambiguous;
}

HeadScanner::Verdict HeadScanner::end_line() {
  const bool empty = line_bytes_ == 0;
  if (empty) return part_ == Part::request_line ? Verdict::ambiguous : Verdict::end;
  if (++lines_ > most_headers + 1) return Verdict::too_large;
  part_ = Part::name;
  line_bytes_ = 0;
  after_cr_ = false;
  return Verdict::go_on;
}

bool HeadScanner::allowed(std::uint8_t byte) {
  switch (part_) {
    case Part::request_line:
      if (byte == ' ') return ++blanks_ <= 2;
      return byte > ' ' && byte <= '~';
    case Part::name:
      if (byte != ':') return is_token(byte);
      part_ = Part::value;
      return line_bytes_ > 1;
    case Part::value:
      return byte == '\t' || (byte >= ' ' && byte != 0x7F);
  }
  return false;
}

}  // namespace airlift::http
