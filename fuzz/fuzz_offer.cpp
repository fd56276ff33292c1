// What a web server writes into the headers that the pull client looks at: airlift/pull/offer.hpp,
// http_date.hpp, schedule.hpp and web_address.hpp. The input is lines: Content-Range, ETag, Last-Modified,
// Retry-After, Location, x-MD5, x-SHA256, x-version, Content-Encoding.

#include <limits>

#include "airlift/codec/text.hpp"
#include "airlift/http/http_date.hpp"
#include "airlift/pull/offer.hpp"
#include "airlift/pull/schedule.hpp"
#include "airlift/pull/web_address.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace pull = airlift::pull;
using Response = airlift::port::HttpClient::Response;

namespace {

void check_range(std::string_view text) {
  const auto range = pull::parse_content_range(text);
  if (!range) return;
  require(range->first <= range->last && range->last < range->total, "a range lies within its file");
}

void check_etag(std::string_view text) {
  const std::string_view etag = pull::checked_etag(text);
  require(etag.empty() || etag == text, "a tag is taken as it stands or not at all");
  require(airlift::fuzz::is_printable(etag), "a tag can be sent back");
  require(!pull::is_strong(etag) || etag.front() == '"', "a strong one has no mark");
}

void check_times(std::string_view text) {
  const auto date = airlift::http::parse_http_date(text);
  require(!date || text.size() == 29, "a date has one length");
  require(!date || *date <= 253402300800U, "and four digits for its year");
  for (const std::uint64_t now : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4'000'000'000}}) {
    const airlift::seconds wait = pull::parse_retry_after(text, now);
    require(wait >= airlift::seconds{0} && wait <= pull::longest_retry_after, "no wait is longer than a day");
  }
}

void check_address(std::string_view text) {
  const auto address = pull::parse_web_address(text);
  if (!address) return;
  require(airlift::fuzz::is_printable(text), "an address can be sent");
  require(text.find_first_of(" \\#") == std::string_view::npos, "nothing that is read in different ways");
  require(!address->host.empty() && address->host.find('@') == std::string_view::npos, "no login");
  require(text.find(address->host) != std::string_view::npos, "the host stands there");
  require(address->port != 0, "a port that can be connected to");
  require(address->path.empty() || address->path.front() == '/' || address->path.front() == '?', "a path");
  const auto plain = pull::parse_web_address("http://h/");
  const auto encrypted = pull::parse_web_address("https://h/");
  require(!pull::may_follow(pull::Redirects::off, *plain, *address), "off is off");
  require(address->scheme == pull::WebAddress::Scheme::https ||
              !pull::may_follow(pull::Redirects::any, *encrypted, *address),
          "never from https to http");
}

void check_offers(const Response& response) {
  const auto tail = pull::read_tail(response, 768);
  if (tail.ok()) {
    require(pull::parse_content_range(response.content_range)->total == tail.value().size_bytes, "the size");
    require(!tail.value().etag.truncated() && !tail.value().version.truncated(), "nothing is cut");
    require(pull::may_be_same(tail.value(), tail.value()), "a file is the same as itself");
  }
  Response whole = response;
  whole.content_length = 1000;
  const auto offer = pull::read_whole(whole);
  if (!offer.ok()) return;
  require(offer.value().size_bytes == 1000, "the size");
  require(airlift::fuzz::is_printable(offer.value().validator()), "a validator can be sent");
  for (const std::uint32_t have : {0U, 1U, 999U, 1000U}) {
    if (!pull::continues(response, offer.value(), have)) continue;
    const auto range = pull::parse_content_range(response.content_range);
    require(range->first == have && range->last == 999 && range->total == 1000, "only the rest goes on");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = airlift::as_text({data, size});
  Response response;
  for (std::string_view* const field :
       {&response.content_range, &response.etag, &response.last_modified, &response.retry_after,
        &response.location, &response.md5, &response.sha256, &response.version, &response.content_encoding,
        &response.content_type}) {
    *field = airlift::codec::take_until(text, '\n');
    check_range(*field);
    check_etag(*field);
    check_times(*field);
    check_address(*field);
  }
  check_offers(response);
  return 0;
}
