// What a client writes into conditions and ranges: airlift_server/conditional.hpp. The first byte says how
// large the file is, the rest is the header.

#include "airlift_server/conditional.hpp"

#include <string>

#include "airlift/http/http_date.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace server = airlift::server;

namespace {

constexpr std::uint64_t year_10000_s{253402300800};  // after a leap second; such a year cannot be written

void check_range(std::string_view header, std::uint64_t size) {
  const server::RangeWish wish = server::read_range(header, size);
  const server::ByteRange range = wish.range;
  if (wish.kind != server::RangeWish::Kind::one) {
    require(range.first == 0 && range.count == 0, "no range without one");
    return;
  }
  require(range.count > 0 && range.count <= size && range.first <= size - range.count,
          "a range is in the file");
}

void check_etags(std::string_view list) {
  constexpr std::string_view etag{"\"a\""};
  const bool strong = server::lists_etag(list, etag, server::Comparison::strong);
  const bool weak = server::lists_etag(list, etag, server::Comparison::weak);
  require(!strong || weak, "what is strongly the same is weakly the same");
  require(!weak || list.find(etag) != std::string_view::npos || list.find('*') != std::string_view::npos,
          "nothing is found that is not there");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view header{reinterpret_cast<const char*>(data + 1), size - 1};
  check_range(header, data[0]);
  check_etags(header);
  const auto date = airlift::http::parse_http_date(header);
  require(!date || *date >= year_10000_s ||
              airlift::http::parse_http_date(server::http_date(static_cast<std::int64_t>(*date))) == date,
          "a date that is written can be read");
  return 0;
}
