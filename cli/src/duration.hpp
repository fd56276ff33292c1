#pragma once
// Durations as people write them on a command line.

#include <optional>
#include <string_view>

#include "airlift/base/time.hpp"

namespace airlift::cli {

/// `90s`, `10m`, `2h`, `500ms`; a number alone means seconds. Nothing for anything else or above a week.
[[nodiscard]] std::optional<milliseconds> parse_duration(std::string_view text);

}  // namespace airlift::cli
