#include "airlift/pull/offer.hpp"

#include <algorithm>
#include <limits>

#include "airlift/codec/text.hpp"
#include "airlift/http/http_date.hpp"

namespace airlift::pull {
namespace {

using Response = port::HttpClient::Response;

/// False: there is a value, but no digest. `into` stays empty when there is none.
template <std::size_t N>
bool read_digest(std::string_view value, std::optional<std::array<std::uint8_t, N>>& into) {
  if (value.empty()) return true;
  into.emplace();
  return codec::from_hex(value, *into);
}

bool is_encoded(const Response& response) {
  return !response.content_encoding.empty() &&
         !codec::equal_ignoring_case(response.content_encoding, "identity");
}

/// A page for people, from a portal or a proxy in between: with 200, as if it were the image.
bool is_web_page(const Response& response) {
  std::string_view type = response.content_type;
  return codec::equal_ignoring_case(codec::trimmed(codec::take_until(type, ';')), "text/html");
}

Result<Offer> read_offer(const Response& response, std::uint64_t size_bytes) {
  Offer offer;
  if (is_encoded(response) || is_web_page(response) || !read_digest(response.md5, offer.md5) ||
      !read_digest(response.sha256, offer.sha256)) {
    return UpdateError::bad_response;
  }
  if (size_bytes > std::numeric_limits<std::uint32_t>::max()) return UpdateError::no_space;
  offer.size_bytes = static_cast<std::uint32_t>(size_bytes);
  const std::string_view etag = checked_etag(response.etag);
  if (etag.size() <= Etag::capacity()) offer.etag = Etag{etag};
  if (http::parse_http_date(response.last_modified)) offer.last_modified = response.last_modified;
  const bool version_fits = response.version.size() <= image::VersionText::capacity();
  if (version_fits) offer.version = codec::printable<image::VersionText::capacity()>(response.version);
  return offer;
}

/// Its length, when told, is that of the range.
std::optional<ContentRange> range_of(const Response& response) {
  const auto range = parse_content_range(response.content_range);
  if (!range ||
      response.content_length.value_or(range->last - range->first + 1) != range->last - range->first + 1) {
    return std::nullopt;
  }
  return range;
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view value) {
  std::string_view rest = value;
  if (!codec::equal_ignoring_case(codec::take_until(rest, ' '), "bytes")) return std::nullopt;
  const auto first = codec::parse_long_number(codec::take_until(rest, '-'));
  const auto last = codec::parse_long_number(codec::take_until(rest, '/'));
  const auto total = codec::parse_long_number(rest);
  if (!first || !last || !total || *first > *last || *last >= *total) return std::nullopt;
  return ContentRange{*first, *last, *total};
}

std::string_view checked_etag(std::string_view value) {
  std::string_view opaque = value;
  if (opaque.substr(0, 2) == "W/") opaque.remove_prefix(2);
  if (opaque.size() < 2 || opaque.front() != '"' || opaque.back() != '"') return {};
  opaque = opaque.substr(1, opaque.size() - 2);
  return codec::all_printable(opaque) && opaque.find_first_of("\" ") == std::string_view::npos
             ? value
             : std::string_view{};
}

bool is_strong(std::string_view etag) {
  return !etag.empty() && etag.front() == '"';
}

Result<Offer> read_whole(const Response& response) {
  if (!response.content_length) return UpdateError::bad_response;
  return read_offer(response, *response.content_length);
}

Result<Offer> read_tail(const Response& response, std::uint32_t asked_bytes) {
  const auto range = range_of(response);
  if (!range) return UpdateError::bad_response;
  const std::uint64_t wanted = std::min<std::uint64_t>(asked_bytes, range->total);
  if (range->last + 1 != range->total || range->first != range->total - wanted)
    return UpdateError::bad_response;
  return read_offer(response, range->total);
}

bool continues(const Response& response, const Offer& offer, std::uint32_t have) {
  const auto range = range_of(response);
  if (!range || range->first != have || range->last + 1 != range->total || range->total != offer.size_bytes)
    return false;
  const Result<Offer> now = read_offer(response, range->total);
  return now.ok() && may_be_same(offer, now.value());
}

bool contradict(const Offer& a, const Offer& b) {
  return a.size_bytes != b.size_bytes && a.has_strong_etag() && a.etag.view() == b.etag.view();
}

bool may_be_same(const Offer& a, const Offer& b) {
  const auto differ = [](const auto& x, const auto& y) { return x && y && *x != *y; };
  if (a.size_bytes != b.size_bytes || differ(a.md5, b.md5) || differ(a.sha256, b.sha256)) return false;
  if (!a.etag.empty() && !b.etag.empty()) return a.etag.view() == b.etag.view();
  return a.last_modified.empty() || b.last_modified.empty() ||
         a.last_modified.view() == b.last_modified.view();
}

}  // namespace airlift::pull
