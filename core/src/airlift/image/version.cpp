#include "airlift/image/version.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::image {
namespace {

using codec::take_until;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Also true for an empty text, which is 0.
bool is_number(std::string_view text) {
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return true;
}

std::string_view without_leading_zeros(std::string_view number) {
  while (!number.empty() && number[0] == '0') number.remove_prefix(1);
  return number;
}

// Numbers of any length, so nothing overflows.
int compare_numbers(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int compare_parts(std::string_view a, std::string_view b) {
  const bool a_is_number = is_number(a);
  if (a_is_number != is_number(b)) return a_is_number ? -1 : 1;
  return a_is_number ? compare_numbers(a, b) : a.compare(b);
}

int compare_releases(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const int order = compare_parts(take_until(a, '.'), take_until(b, '.'));
    if (order != 0) return order;
  }
  return 0;
}

// Unlike in a release, fewer parts are older: a missing one is not 0.
int compare_pre_releases(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() == b.empty() ? 0 : a.empty() ? 1 : -1;
  while (!a.empty() && !b.empty()) {
    const int order = compare_parts(take_until(a, '.'), take_until(b, '.'));
    if (order != 0) return order;
  }
  return a.empty() == b.empty() ? 0 : a.empty() ? -1 : 1;
}

std::string_view without_decoration(std::string_view version) {
  if (version.size() >= 2 && version[0] == 'v' && is_digit(version[1])) version.remove_prefix(1);
  return take_until(version, '+');
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  a = without_decoration(a);
  b = without_decoration(b);
  const int order = compare_releases(take_until(a, '-'), take_until(b, '-'));
  return order != 0 ? order : compare_pre_releases(a, b);
}

}  // namespace airlift::image
