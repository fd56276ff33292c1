#include "airlift_posix/response_head.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::posix {

using port::HttpClient;

bool ResponseHead::take(std::string_view line) {
  taken_bytes_ += line.size();
  if (taken_bytes_ > HttpClient::longest_head_bytes) return false;
  if (finished()) return true;
  std::string_view value = codec::first_line(line);
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view name = value.substr(0, colon);
  value = codec::trimmed(value.substr(colon + 1));
  if (codec::equal_ignoring_case(name, "Content-Length")) return take_length(value);
  chunked_ = chunked_ || codec::equal_ignoring_case(name, "Transfer-Encoding");
  if (value.size() > HttpClient::longest_value_bytes || !codec::all_printable(value)) return true;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (codec::equal_ignoring_case(name, HttpClient::text_headers[i].name)) values_[i] = value;
  }
  return true;
}

bool ResponseHead::take_length(std::string_view value) {
  const auto length = codec::parse_long_number(value);
  if (!length) return false;
  const bool fits = response_.content_length.value_or(*length) == *length;
  response_.content_length = length;
  return fits;
}

void ResponseHead::restart() {
  response_ = {};
  for (std::string& value : values_) value.clear();
  chunked_ = false;
}

void ResponseHead::finish(int status, const CurlUrl& asked) {
  std::string& location = values_.front();
  if (!location.empty()) location = asked.resolve(location).value_or("");
  if (location.size() > HttpClient::longest_value_bytes) location.clear();
  for (std::size_t i = 0; i < values_.size(); ++i) response_.*(HttpClient::text_headers[i].view) = values_[i];
  // RFC 9112 6.3: the length does not count then.
  if (chunked_) response_.content_length.reset();
  response_.status = status;
}

}  // namespace airlift::posix
