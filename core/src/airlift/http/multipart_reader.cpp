#include "airlift/http/multipart_reader.hpp"

#include <algorithm>
#include <cassert>

#include "airlift/codec/text.hpp"

namespace airlift::http {
namespace {

/// Behind the last delimiter.
constexpr std::string_view closing_mark{"--\r\n"};

/// What is quoted ends at the next quote that no backslash stands before.
std::size_t end_of_quoted(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

/// The parameter `name` of a header like `form-data; name="x"; filename="y"` (RFC 9110 5.6.6), without its
/// quotes. Nothing: there is none, or the header is damaged before it.
std::optional<std::string_view> parameter(std::string_view header, std::string_view name) {
  [[maybe_unused]] const std::string_view kind = codec::take_until(header, ';');
  while (!header.empty()) {
    const std::size_t equals = header.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view found = codec::trimmed(header.substr(0, equals));
    header = codec::trimmed(header.substr(equals + 1));
    const bool quoted = !header.empty() && header.front() == '"';
    const std::size_t end = quoted ? end_of_quoted(header) : std::min(header.find(';'), header.size());
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = header.substr(0, end);
    header.remove_prefix(end);
    if (!codec::trimmed(codec::take_until(header, ';')).empty()) return std::nullopt;
    if (codec::equal_ignoring_case(found, name)) {
      return quoted ? value.substr(1, value.size() - 2) : codec::trimmed(value);
    }
  }
  return std::nullopt;
}

/// What may stand in a boundary, RFC 2046 5.1.1.
bool usable_boundary(std::string_view boundary) {
  static constexpr std::string_view others{"'()+_,-./:=? "};
  return !boundary.empty() && boundary.size() <= longest_boundary_bytes && boundary.back() != ' ' &&
         std::all_of(boundary.begin(), boundary.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  others.find(c) != std::string_view::npos;
         });
}

}  // namespace

bool MultipartReader::start(std::string_view content_type, std::uint64_t body_bytes) {
  state_ = State::refused;
  const std::string_view kind = codec::trimmed(content_type.substr(0, content_type.find(';')));
  const auto boundary = parameter(content_type, "boundary");
  if (!codec::equal_ignoring_case(kind, "multipart/form-data") || !boundary || !usable_boundary(*boundary)) {
    return false;
  }
  opening_.clear();
  opening_.append("--").append(*boundary).append("\r\n");
  ending_.clear();
  ending_.append("\r\n--").append(*boundary).append(closing_mark);
  matched_ = 0;
  line_.clear();
  field_.clear();
  head_bytes_ = 0;
  body_left_ = body_bytes;
  file_bytes_ = file_left_ = 0;
  state_ = State::delimiter;
  return true;
}

std::size_t MultipartReader::take(Bytes bytes) {
  std::size_t count{0};
  while (count < bytes.size() &&
         (state_ == State::delimiter || state_ == State::head || state_ == State::closing)) {
    if (body_left_ == 0) {
      state_ = State::refused;
      break;
    }
    --body_left_;
    take_byte(static_cast<char>(bytes[count++]));
  }
  return count;
}

void MultipartReader::take_byte(char c) {
  switch (state_) {
    case State::delimiter:
      return take_delimiter(opening_, c, State::head);
    case State::head:
      return take_head(c);
    case State::closing:
      return take_delimiter(ending_, c, State::done);
    case State::file:
    case State::done:
    case State::refused:
      return;
  }
}

void MultipartReader::take_delimiter(std::string_view expected, char c, State next) {
  if (c != expected[matched_++]) {
    state_ = State::refused;
  } else if (matched_ == expected.size()) {
    matched_ = 0;
    state_ = next;
  }
}

void MultipartReader::take_head(char c) {
  if (++head_bytes_ > most_part_head_bytes) {
    state_ = State::refused;
  } else if (c != '\n') {
    line_.append({&c, 1});
  } else {
    end_line();
  }
}

void MultipartReader::end_line() {
  if (line_.truncated() || line_.empty() || line_.view().back() != '\r') {
    state_ = State::refused;
    return;
  }
  std::string_view value = line_.view().substr(0, line_.size() - 1);
  if (value.empty()) return begin_file();
  const std::string_view name = codec::take_until(value, ':');
  if (codec::equal_ignoring_case(name, "Content-Disposition")) {
    field_ = FixedString<32>{parameter(value, "name").value_or("")};
  }
  line_.clear();
}

void MultipartReader::begin_file() {
  if (field_.empty() || body_left_ < ending_.size()) {
    state_ = State::refused;
    return;
  }
  file_bytes_ = file_left_ = body_left_ - ending_.size();
  body_left_ = ending_.size();
  state_ = State::file;
}

/// Over any number of calls. The delimiter has its only carriage return in front: where it does not go on, a
/// new one begins there or later.
bool MultipartReader::finds_delimiter(Bytes bytes) {
  const std::string_view delimiter = ending_.view().substr(0, ending_.size() - closing_mark.size());
  for (const std::uint8_t* at = bytes.begin(); at != bytes.end(); ++at) {
    if (matched_ == 0) at = std::find(at, bytes.end(), static_cast<std::uint8_t>(delimiter.front()));
    if (at == bytes.end()) return false;
    const char c = static_cast<char>(*at);
    matched_ = c == delimiter[matched_] ? matched_ + 1 : c == delimiter.front() ? 1 : 0;
    if (matched_ == delimiter.size()) return true;
  }
  return false;
}

void MultipartReader::took_file(Bytes bytes) {
  assert(state_ == State::file && bytes.size() <= file_left_);
  if (finds_delimiter(bytes)) {
    state_ = State::refused;
    return;
  }
  file_left_ -= bytes.size();
  if (file_left_ > 0) return;
  matched_ = 0;
  state_ = State::closing;
}

}  // namespace airlift::http
