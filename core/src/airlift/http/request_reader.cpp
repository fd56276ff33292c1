#include "airlift/http/request_reader.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/http/url.hpp"

namespace airlift::http {
namespace {

using codec::equal_ignoring_case;

/// Of a header that stands there twice.
enum class Again : std::uint8_t { refused, first_counts };

struct HeaderRow {
  std::string_view name;
  std::string_view Request::*value;
  Again again;
};

// Names have at most longest_header_name characters.
constexpr HeaderRow header_table[]{
    {"Host", &Request::host, Again::refused},
    {"Authorization", &Request::authorization, Again::refused},
    {"Cookie", &Request::cookie, Again::refused},
    {"X-CSRF-Token", &Request::csrf_token, Again::refused},
    {"Origin", &Request::origin, Again::refused},
    {"Sec-Fetch-Site", &Request::fetch_site, Again::refused},
    {"User-Agent", &Request::user_agent, Again::first_counts},
    {"Content-Type", &Request::content_type, Again::refused},
    {"Accept", &Request::accept, Again::first_counts},
    {"Accept-Encoding", &Request::accept_encoding, Again::first_counts},
    {"If-None-Match", &Request::if_none_match, Again::first_counts},
    {"Expect", &Request::expect, Again::refused},
};
constexpr std::size_t header_count{std::size(header_table)};

Method method_of(unsigned method) {
  switch (method) {
    case HTTP_GET:
      return Method::get;
    case HTTP_HEAD:
      return Method::head;
    case HTTP_POST:
      return Method::post;
    case HTTP_PUT:
      return Method::put;
    case HTTP_DELETE:
      return Method::remove;
    case HTTP_OPTIONS:
      return Method::options;
    default:
      return Method::other;
  }
}

/// Whether a decoded path could be taken for a way to somewhere else.
bool leads_elsewhere(std::string_view sent, std::string_view decoded) {
  const auto slashes = [](std::string_view text) { return std::count(text.begin(), text.end(), '/'); };
  return slashes(sent) != slashes(decoded) || decoded.find("..") != std::string_view::npos ||
         !std::all_of(decoded.begin(), decoded.end(),
                      [](char c) { return codec::is_printable(c) && c != '\\'; });
}

}  // namespace

void RequestReader::start() {
  static_assert(header_count == kept_headers);
  http_parser_init(&parser_, HTTP_REQUEST);
  parser_.data = this;
  scanner_.start();
  state_ = State::head;
  begun_ = complete_ = in_value_ = transfer_encoding_ = twice_ = false;
  request_ = {};
  target_ = {};
  headers_ = {};
  name_.clear();
  for (ExtraHeader& extra : extra_) extra.value = {};
  kept_size_ = 0;
}

std::size_t RequestReader::take(Bytes bytes) {
  using Verdict = HeadScanner::Verdict;
  if (state_ != State::head || bytes.empty()) return 0;
  begun_ = true;
  Verdict verdict{Verdict::go_on};
  std::size_t count{0};
  while (count < bytes.size() && verdict == Verdict::go_on) verdict = scanner_.take(bytes[count++]);
  if (verdict == Verdict::ambiguous || verdict == Verdict::too_large) {
    refuse(verdict == Verdict::ambiguous ? 400 : 431);
    return count;
  }
  parse(bytes.first(count));
  if (verdict == Verdict::end && state_ == State::head) judge();
  return count;
}

void RequestReader::refuse(int status) {
  status_ = status;
  state_ = State::refused;
}

void RequestReader::parse(Bytes bytes) {
  constexpr http_parser_settings settings{nullptr,     on_url,  nullptr, on_field, on_value,
                                          on_complete, nullptr, nullptr, nullptr,  nullptr};
  const std::string_view text = as_text(bytes);
  http_parser_execute(&parser_, &settings, text.data(), text.size());
  const http_errno error = HTTP_PARSER_ERRNO(&parser_);
  if (error == HPE_OK) return;
  const bool kept_is_full = error == HPE_CB_url || error == HPE_CB_header_value;
  refuse(transfer_encoding_ ? 411 : kept_is_full ? 431 : error == HPE_INVALID_VERSION ? 505 : 400);
}

int RequestReader::on_url(http_parser* parser, const char* text, std::size_t size) {
  auto& reader = *static_cast<RequestReader*>(parser->data);
  return reader.keep(reader.target_, {text, size}) ? 0 : 1;
}

int RequestReader::on_field(http_parser* parser, const char* text, std::size_t size) {
  static_cast<RequestReader*>(parser->data)->take_name({text, size});
  return 0;
}

int RequestReader::on_value(http_parser* parser, const char* text, std::size_t size) {
  auto& reader = *static_cast<RequestReader*>(parser->data);
  if (!reader.in_value_) reader.find_header();
  return reader.take_value({text, size}) ? 0 : 1;
}

int RequestReader::on_complete(http_parser* parser) {
  auto& reader = *static_cast<RequestReader*>(parser->data);
  reader.complete_ = true;
  reader.request_.keep_alive = http_should_keep_alive(parser) != 0;
  if ((parser->flags & F_CONTENTLENGTH) != 0) reader.request_.content_length = parser->content_length;
  return 1;  // the body is not the parser's
}

bool RequestReader::keep(Kept& into, std::string_view text) {
  if (!into.there) into = {true, kept_size_, 0};
  if (text.size() > kept_.size() - kept_size_) return false;
  text.copy(kept_.data() + kept_size_, text.size());
  kept_size_ += text.size();
  into.size += text.size();
  return true;
}

void RequestReader::take_name(std::string_view text) {
  if (in_value_) name_.clear();
  in_value_ = false;
  name_.append(text);
}

void RequestReader::find_header() {
  in_value_ = true;
  header_ = kept_headers + extra_.size();
  if (name_.truncated()) return;
  transfer_encoding_ = transfer_encoding_ || equal_ignoring_case(name_, "Transfer-Encoding");
  for (std::size_t i = 0; i < header_count; ++i) {
    if (!equal_ignoring_case(name_, header_table[i].name)) continue;
    if (!headers_[i].there) {
      header_ = i;
    } else if (header_table[i].again == Again::refused) {
      twice_ = true;
    }
    return;
  }
  for (std::size_t i = 0; i < extra_.size(); ++i) {
    if (!equal_ignoring_case(name_, extra_[i].name)) continue;
    twice_ = twice_ || extra_[i].value.data() != nullptr;
    header_ = kept_headers + i;
    return;
  }
}

/// A piece of it.
bool RequestReader::take_value(std::string_view text) {
  if (header_ < kept_headers) return keep(headers_[header_], text);
  const std::size_t extra = header_ - kept_headers;
  if (extra >= extra_.size()) return true;
  Kept kept;
  if (!keep(kept, text)) return false;
  std::string_view& value = extra_[extra].value;
  value = {value.data() != nullptr ? value.data() : kept_.data() + kept.at, value.size() + text.size()};
  return true;
}

std::string_view RequestReader::view(const Kept& kept) const {
  return {kept_.data() + kept.at, kept.size};
}

/// All bytes of the head are there.
void RequestReader::judge() {
  int status{0};
  if (transfer_encoding_) {
    status = 411;
  } else if (!complete_ || twice_) {
    status = 400;
  } else if (parser_.http_major != 1 || parser_.http_minor > 1) {
    status = 505;
  } else {
    status = take_headers();
    if (status == 0) status = take_target();
  }
  if (status != 0) return refuse(status);
  state_ = State::whole;
}

int RequestReader::take_headers() {
  request_.method = method_of(parser_.method);
  request_.http_1_1 = parser_.http_minor == 1;
  for (std::size_t i = 0; i < header_count; ++i)
    request_.*header_table[i].value = codec::trimmed(view(headers_[i]));
  for (ExtraHeader& extra : extra_) extra.value = codec::trimmed(extra.value);
  const bool expects = headers_[header_count - 1].there;
  return !expects || equal_ignoring_case(request_.expect, "100-continue") ? 0 : 417;
}

/// The decoded path is kept behind everything else.
int RequestReader::take_target() {
  request_.target = view(target_);
  std::string_view rest = request_.target;
  const std::string_view sent = codec::take_until(rest, '?');
  request_.query = rest;
  if (sent.empty() || sent.front() != '/' || request_.target.find('#') != std::string_view::npos) return 400;
  const Span<char> room = Span<char>{kept_}.subspan(kept_size_);
  if (sent.size() > room.size()) return 431;
  const auto size = decode_url(sent, Plus::is_plus, room);
  if (!size) return 400;
  const std::string_view decoded{room.data(), *size};
  if (!leads_elsewhere(sent, decoded)) request_.path = decoded;
  return 0;
}

}  // namespace airlift::http
