#include "duration.hpp"

#include <algorithm>
#include <array>

#include "airlift/codec/text.hpp"

namespace airlift::cli {
namespace {

struct Unit {
  std::string_view name;
  milliseconds value;
};

constexpr std::array units{
    Unit{"", seconds{1}},
    Unit{"ms", milliseconds{1}},
    Unit{"s", seconds{1}},
    Unit{"m", std::chrono::minutes{1}},
    Unit{"h", std::chrono::hours{1}},
};

constexpr milliseconds longest{std::chrono::hours{7 * 24}};

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = codec::parse_number(text.substr(0, end));
  const auto* const unit = std::find_if(units.begin(), units.end(),
                                        [&](const Unit& each) { return each.name == text.substr(end); });
  if (!count || unit == units.end() || *count > longest / unit->value) return std::nullopt;
  return *count * unit->value;
}

}  // namespace airlift::cli
