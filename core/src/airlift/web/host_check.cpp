#include "airlift/web/host_check.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::web {
namespace {

bool all_of(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_ipv4(std::string_view text) {
  for (int group = 0; group < 4; ++group) {
    const std::size_t end = std::min(text.find('.'), text.size());
    if (!codec::parse_number(text.substr(0, end), 255)) return false;
    if (end == text.size()) return group == 3;
    text.remove_prefix(end + 1);
  }
  return false;
}

/// A browser sends nothing but an address in brackets: their content needs no close look.
bool is_ipv6(std::string_view text) {
  return text.size() > 3 && text.front() == '[' && text.back() == ']' &&
         all_of(text.substr(1, text.size() - 2), "0123456789abcdefABCDEF:.") &&
         text.find(':') != std::string_view::npos;
}

}  // namespace

std::string_view host_name(std::string_view host) {
  const bool bracketed = !host.empty() && host.front() == '[';
  const std::size_t bracket = bracketed ? host.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const std::size_t colon = host.find(':', bracket);
  const std::string_view name = host.substr(0, colon);
  if (bracketed && name.size() != bracket + 1) return {};
  if (colon == std::string_view::npos) return name;
  return codec::parse_number(host.substr(colon + 1), 0xFFFF) ? name : std::string_view{};
}

bool is_literal_or_local(std::string_view name) {
  return is_ipv4(name) || is_ipv6(name) || codec::equal_ignoring_case(name, "localhost");
}

bool is_named(std::string_view host, std::string_view name) {
  constexpr std::string_view domain{".local"};
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  if (name.empty() || host.size() < name.size()) return false;
  const std::string_view rest = host.substr(name.size());
  return codec::equal_ignoring_case(host.substr(0, name.size()), name) &&
         (rest.empty() || codec::equal_ignoring_case(rest, domain));
}

}  // namespace airlift::web
