#include "airlift/element/device_element.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::element {
namespace {

// Letters, digits, hyphen (RFC 1123) and the underscore that HomeDing users have; it becomes a host name.
bool is_device_name(std::string_view name) {
  constexpr std::string_view allowed{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"};
  return !name.empty() && name.size() <= DeviceName::capacity() &&
         name.find_first_not_of(allowed) == std::string_view::npos && name.front() != '-' &&
         name.back() != '-';
}

}  // namespace

SetResult DeviceElement::do_set(std::string_view property, std::string_view value) {
  if (codec::equal_ignoring_case(property, "name")) {
    if (!is_device_name(value)) return SetResult::bad_value;
    name_ = DeviceName{value};
    return SetResult::ok;
  }
  if (codec::equal_ignoring_case(property, "safemode")) {
    return parse_bool(value, safe_mode_) ? SetResult::ok : SetResult::bad_value;
  }
  if (codec::equal_ignoring_case(property, "sd")) {
    return parse_bool(value, service_discovery_) ? SetResult::ok : SetResult::bad_value;
  }
  return SetResult::unknown_property;
}

}  // namespace airlift::element
