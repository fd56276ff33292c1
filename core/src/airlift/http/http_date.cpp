#include "airlift/http/http_date.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::http {
namespace {

constexpr std::string_view date_form{"aaa, 00 aaa 0000 00:00:00 GMT"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has_form(std::string_view text) {
  if (text.size() != date_form.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    const bool fits = date_form[i] == '0'   ? digit
                      : date_form[i] == 'a' ? is_letter(text[i])
                                            : text[i] == date_form[i];
    if (!fits) return false;
  }
  return true;
}

/// 0: no month has this name.
std::uint32_t month_of(std::string_view name) {
  constexpr std::string_view names{"JanFebMarAprMayJunJulAugSepOctNovDec"};
  const std::size_t at = names.find(name);
  return at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<std::uint32_t>(at / 3 + 1);
}

bool is_leap(std::uint32_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

std::uint32_t days_in(std::uint32_t month, std::uint32_t year) {
  constexpr std::uint8_t days[]{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

/// Of the years before this one; 0 for 1970.
std::uint64_t days_before(std::uint32_t year) {
  const std::uint64_t last = year - 1;
  constexpr std::uint64_t leap_days_to_1969{1969 / 4 - 1969 / 100 + 1969 / 400};
  return (year - 1970U) * std::uint64_t{365} + last / 4 - last / 100 + last / 400 - leap_days_to_1969;
}

}  // namespace

std::optional<std::uint64_t> parse_http_date(std::string_view text) {
  if (!has_form(text)) return std::nullopt;
  const auto number = [text](std::size_t at, std::size_t digits) {
    return codec::parse_number(text.substr(at, digits)).value_or(0);
  };
  const std::uint32_t year = number(12, 4);
  const std::uint32_t month = month_of(text.substr(8, 3));
  const std::uint32_t day = number(5, 2);
  const std::uint32_t hour = number(17, 2);
  const std::uint32_t minute = number(20, 2);
  const std::uint32_t second = number(23, 2);  // 60 in a leap second
  if (year < 1970 || month == 0 || day == 0 || day > days_in(month, year) || hour > 23 || minute > 59 ||
      second > 60) {
    return std::nullopt;
  }
  std::uint64_t days = days_before(year) + day - 1;
  for (std::uint32_t before = 1; before < month; ++before) days += days_in(before, year);
  return days * 86400 + hour * 3600 + minute * 60 + second;
}

}  // namespace airlift::http
