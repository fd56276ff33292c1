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
SetResult set_log_level(port::LogLevel& into, std::string_view value) {
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

}  // namespace airlift::element
