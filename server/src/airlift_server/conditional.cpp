#include "airlift_server/conditional.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "airlift/codec/text.hpp"

namespace airlift::server {
namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<std::uint64_t> parse_position(std::string_view text) {
  std::uint64_t value{0};
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

RangeWish last_bytes(std::uint64_t count, std::uint64_t size) {
  if (count == 0 || size == 0) return {RangeWish::Kind::unsatisfiable, {}};
  const std::uint64_t given = std::min(count, size);
  return {RangeWish::Kind::one, {size - given, given}};
}

/// Cuts off the entity tag at the start of a list and what separates it from the next. Empty: there is none.
std::string_view take_etag(std::string_view& list, bool& weak) {
  list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
  weak = list.substr(0, 2) == "W/";
  const std::string_view quoted = list.substr(weak ? 2 : 0);
  if (quoted.empty() || quoted.front() != '"') return {};
  const std::size_t end = quoted.find('"', 1);
  if (end == std::string_view::npos) return {};
  list = quoted.substr(end + 1);
  return quoted.substr(0, end + 1);
}

}  // namespace

bool lists_etag(std::string_view list, std::string_view etag, Comparison comparison) {
  if (codec::trimmed(list) == "*") return true;
  bool weak{false};
  for (std::string_view each = take_etag(list, weak); !each.empty(); each = take_etag(list, weak)) {
    if (each == etag && (comparison == Comparison::weak || !weak)) return true;
  }
  return false;
}

RangeWish read_range(std::string_view header, std::uint64_t size) {
  const std::string_view unit = codec::take_until(header, '=');
  if (!codec::equal_ignoring_case(codec::trimmed(unit), "bytes")) return {};
  std::string_view last_text = codec::trimmed(header);
  if (last_text.find('-') == std::string_view::npos) return {};
  const std::string_view first_text = codec::take_until(last_text, '-');
  const auto first = parse_position(first_text);
  const auto last = parse_position(last_text);
  if (first_text.empty()) return last ? last_bytes(*last, size) : RangeWish{};
  if (!first || (!last && !last_text.empty()) || (last && *last < *first)) return {};
  if (*first >= size) return {RangeWish::Kind::unsatisfiable, {}};
  const std::uint64_t end = last ? std::min(*last, size - 1) + 1 : size;
  return {RangeWish::Kind::one, {*first, end - *first}};
}

std::string http_date(std::int64_t unix_seconds) {
  const std::time_t time{unix_seconds};
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                     months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour,
                     parts.tm_min, parts.tm_sec);
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  constexpr std::size_t length{29};
  if (text.size() != length) return std::nullopt;
  const auto number = [text](std::size_t at, std::size_t digits) {
    return static_cast<int>(codec::parse_number(text.substr(at, digits)).value_or(0));
  };
  std::tm parts{};
  parts.tm_mday = number(5, 2);
  parts.tm_mon =
      static_cast<int>(std::find(months.begin(), months.end(), text.substr(8, 3)) - months.begin());
  parts.tm_year = number(12, 4) - 1900;
  parts.tm_hour = number(17, 2);
  parts.tm_min = number(20, 2);
  parts.tm_sec = number(23, 2);
  const std::int64_t seconds = timegm(&parts);
  // Whatever was not a date comes out as another text.
  if (http_date(seconds) != text) return std::nullopt;
  return seconds;
}

}  // namespace airlift::server
