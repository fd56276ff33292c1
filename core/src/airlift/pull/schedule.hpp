#pragma once
// When a server is asked. Pure: chance comes as a number that was drawn, time as the time of day.
// docs/design/pull.md, "When".

#include <cstdint>
#include <optional>
#include <string_view>

#include "airlift/base/time.hpp"

namespace airlift::pull {

inline constexpr seconds longest_first_wait{300};
inline constexpr seconds longest_quiet_delay{300};  ///< after the end of the quiet hours
inline constexpr seconds longest_retry_after{86400};
inline constexpr seconds occupied_wait{10};  ///< while an upload or a trial is on

/// `draw`: random, all values alike.
[[nodiscard]] milliseconds first_wait(milliseconds interval, std::uint32_t draw);
/// `interval`, up to a tenth more or less.
[[nodiscard]] milliseconds regular_wait(milliseconds interval, std::uint32_t draw);
/// After so many failures in a row, at least one.
[[nodiscard]] milliseconds wait_after_failure(std::uint32_t failures, milliseconds interval,
                                              std::uint32_t draw);

/// What a `Retry-After` asks for, at most longest_retry_after: RFC 9110 10.2.3. A date counts when the time
/// is known (`unix_seconds` not 0). 0: nothing that can be understood.
[[nodiscard]] seconds parse_retry_after(std::string_view value, std::uint64_t unix_seconds);

/// The hours in which no check begins by itself; they may go over midnight. From == to: there are none.
struct QuietHours {
  seconds from{0};  ///< time of day
  seconds to{0};
};
/// `22:00-06:00`. Nothing: anything else.
[[nodiscard]] std::optional<QuietHours> parse_quiet_hours(std::string_view text);
/// How long they still last at this time of day; 0: it is not in them.
[[nodiscard]] seconds quiet_left(const QuietHours& quiet, seconds time_of_day);
[[nodiscard]] milliseconds delay_after_quiet(std::uint32_t draw);

}  // namespace airlift::pull
