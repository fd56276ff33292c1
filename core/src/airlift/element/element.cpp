#include "airlift/element/element.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::element {
namespace {

using codec::equal_ignoring_case;

SetResult set_text(LabelText& into, std::string_view value) {
  if (value.size() > LabelText::capacity()) return SetResult::bad_value;
  into = LabelText{value};
  return SetResult::ok;
}

SetResult set_start_up(StartUp& into, std::string_view value) {
  if (equal_ignoring_case(value, "sys")) {
    into = StartUp::sys;
  } else if (equal_ignoring_case(value, "net")) {
    into = StartUp::net;
  } else if (equal_ignoring_case(value, "time")) {
    into = StartUp::time;
  } else {
    return SetResult::bad_value;
  }
  return SetResult::ok;
}

// HomeDing counts levels: 0 errors only, 1 with information, 2 with traces.
SetResult set_log_level(std::optional<port::LogLevel>& into, std::string_view value) {
  constexpr port::LogLevel levels[]{port::LogLevel::error, port::LogLevel::info, port::LogLevel::debug};
  const auto number = codec::parse_number(value, 2);
  if (!number) return SetResult::bad_value;
  into = levels[*number];
  return SetResult::ok;
}

bool is_one_of(std::string_view value, const std::string_view (&words)[4]) {
  for (const std::string_view word : words) {
    if (equal_ignoring_case(value, word)) return true;
  }
  return false;
}

/// `hh:mm` or `hh:mm:ss`.
std::optional<std::uint64_t> parse_clock_time(std::string_view value) {
  std::uint64_t total_s{0};
  for (const std::uint32_t unit_s : {3600U, 60U, 1U}) {
    const auto number = codec::parse_number(codec::take_until(value, ':'));
    if (!number) return std::nullopt;
    total_s += std::uint64_t{*number} * unit_s;
    if (value.empty() && unit_s < 3600) return total_s;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_amount(std::string_view value) {
  struct Unit {
    char letter;
    std::uint32_t seconds;
  };
  constexpr Unit units[]{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  std::uint32_t unit_s{1};
  for (const Unit& unit : units) {
    if (value.empty() || value.back() != unit.letter) continue;
    unit_s = unit.seconds;
    value.remove_suffix(1);
    break;
  }
  const auto number = codec::parse_number(value);
  if (!number) return std::nullopt;
  return std::uint64_t{*number} * unit_s;
}

}  // namespace

SetResult Element::set(std::string_view property, std::string_view value) {
  if (equal_ignoring_case(property, "title")) return set_text(title_, value);
  if (equal_ignoring_case(property, "description")) return set_text(description_, value);
  if (equal_ignoring_case(property, "room")) return set_text(room_, value);
  if (equal_ignoring_case(property, "loglevel")) return set_log_level(log_level_, value);
  if (equal_ignoring_case(property, "startup")) return set_start_up(start_up_, value);
  return do_set(property, value);
}

bool parse_bool(std::string_view value, bool& into) {
  const bool yes = is_one_of(value, {"true", "1", "yes", "on"});
  const bool no = is_one_of(value, {"false", "0", "no", "off"});
  if (yes || no) into = yes;
  return yes || no;
}

std::optional<seconds> parse_time(std::string_view value) {
  constexpr std::uint64_t longest_s{366 * 86400};
  const bool has_colon = value.find(':') != std::string_view::npos;
  const auto total_s = has_colon ? parse_clock_time(value) : parse_amount(value);
  if (!total_s || *total_s > longest_s) return std::nullopt;
  return seconds{*total_s};
}

}  // namespace airlift::element
