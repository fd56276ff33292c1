#include "airlift/pull/schedule.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/element/element.hpp"
#include "airlift/http/http_date.hpp"

namespace airlift::pull {
namespace {

constexpr seconds day{86400};
constexpr seconds first_failure_wait{60};
constexpr std::uint32_t most_doublings{16};  // 45 days: longer than any sensible interval

/// From 0 to `most`. Sixteen bits of chance keep a year from overflowing.
milliseconds part_of(milliseconds most, std::uint32_t draw) {
  return most * (draw >> 16) / 0xFFFF;
}

milliseconds about(milliseconds wait, std::uint32_t draw) {
  return wait - wait / 10 + part_of(2 * (wait / 10), draw);
}

/// hh:mm or hh:mm:ss
std::optional<seconds> time_of_day(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return std::nullopt;
  const auto time = element::parse_time(text);
  return time && *time < day ? time : std::nullopt;
}

}  // namespace

milliseconds first_wait(milliseconds interval, std::uint32_t draw) {
  return part_of(std::min<milliseconds>(interval / 10, longest_first_wait), draw);
}

milliseconds regular_wait(milliseconds interval, std::uint32_t draw) {
  return about(interval, draw);
}

milliseconds wait_after_failure(std::uint32_t failures, milliseconds interval, std::uint32_t draw) {
  const std::uint32_t doublings = std::min(failures - 1, most_doublings);
  return about(std::min<milliseconds>(first_failure_wait * (1 << doublings), interval), draw);
}

seconds parse_retry_after(std::string_view value, std::uint64_t unix_seconds) {
  constexpr std::string_view digits{"0123456789"};
  if (!value.empty() && value.find_first_not_of(digits) == std::string_view::npos) {
    const auto wait = codec::parse_number(value, static_cast<std::uint32_t>(longest_retry_after.count()));
    return wait ? seconds{*wait} : longest_retry_after;
  }
  const auto date = http::parse_http_date(value);
  if (!date || unix_seconds == 0 || *date <= unix_seconds) return seconds{0};
  return std::min(longest_retry_after, seconds{*date - unix_seconds});
}

std::optional<QuietHours> parse_quiet_hours(std::string_view text) {
  const auto from = time_of_day(codec::trimmed(codec::take_until(text, '-')));
  const auto to = time_of_day(codec::trimmed(text));
  if (!from || !to) return std::nullopt;
  return QuietHours{*from, *to};
}

seconds quiet_left(const QuietHours& quiet, seconds time_of_day) {
  const seconds length = (quiet.to - quiet.from + day) % day;
  const seconds passed = (time_of_day - quiet.from + day) % day;
  return std::max(length - passed, seconds{0});
}

milliseconds delay_after_quiet(std::uint32_t draw) {
  return part_of(longest_quiet_delay, draw);
}

}  // namespace airlift::pull
