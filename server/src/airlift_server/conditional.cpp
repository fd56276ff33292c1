#include "airlift_server/conditional.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "airlift/codec/text.hpp"

namespace airlift::server {
namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

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
  const auto first = codec::parse_long_number(first_text);
  const auto last = codec::parse_long_number(last_text);
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

}  // namespace airlift::server
