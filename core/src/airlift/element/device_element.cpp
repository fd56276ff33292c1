#include "airlift/element/device_element.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/element/board.hpp"

namespace airlift::element {
namespace {

// Letters, digits, hyphen (RFC 1123) and the underscore that HomeDing users have; it becomes a host name.
bool is_device_name(std::string_view name) {
  constexpr std::string_view allowed{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"};
  return !name.empty() && name.size() <= DeviceName::capacity() &&
         name.find_first_not_of(allowed) == std::string_view::npos && name.front() != '-' &&
         name.back() != '-';
}

SetResult set_bool(bool& into, std::string_view value) {
  return parse_bool(value, into) ? SetResult::ok : SetResult::bad_value;
}

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

}  // namespace

SetResult DeviceElement::do_set(std::string_view property, std::string_view value) {
  struct Row {
    std::string_view property;
    SetResult (DeviceElement::*set)(std::string_view);
  };
  constexpr Row table[]{
      {"name", &DeviceElement::set_name},
      {"safemode", &DeviceElement::set_safe_mode},
      {"sd", &DeviceElement::set_service_discovery},
      {"reboottime", &DeviceElement::set_reboot_time},
      {"homepage", &DeviceElement::set_home_page},
  };
  for (const Row& row : table) {
    if (codec::equal_ignoring_case(property, row.property)) return (this->*row.set)(value);
  }
  return SetResult::unknown_property;
}

SetResult DeviceElement::set_name(std::string_view value) {
  if (!is_device_name(value)) return SetResult::bad_value;
  name_ = DeviceName{value};
  return SetResult::ok;
}

SetResult DeviceElement::set_safe_mode(std::string_view value) {
  return set_bool(safe_mode_, value);
}

SetResult DeviceElement::set_service_discovery(std::string_view value) {
  return set_bool(service_discovery_, value);
}

SetResult DeviceElement::set_reboot_time(std::string_view value) {
  const auto time = parse_time(value);
  if (!time) return SetResult::bad_value;
  reboot_time_ = *time;
  return SetResult::ok;
}

/// It goes into a header of an answer: nothing that could end it.
SetResult DeviceElement::set_home_page(std::string_view value) {
  for (const std::string_view own : {"", "/", "index.htm", "/index.htm", "index.html", "/index.html"}) {
    if (value != own) continue;
    home_page_.clear();
    return SetResult::ok;
  }
  const bool whole = value.front() == '/' || begins_with(value, "http://") || begins_with(value, "https://");
  HomePage page{whole ? "" : "/"};
  page.append(value);
  const bool fits =
      !page.truncated() && codec::all_printable(page) && value.find(' ') == std::string_view::npos;
  if (!fits || begins_with(page, "//")) return SetResult::bad_value;
  home_page_ = page;
  return SetResult::ok;
}

void DeviceElement::do_start(Board& board, Instant now) {
  board_ = &board;
  now_ = now;
  reboot_at_ = now + reboot_time_;
}

milliseconds DeviceElement::do_loop(Instant now) {
  now_ = now;
  if (reboot_time_ == seconds{0} || board_->busy()) return idle_wait;
  if (now < reboot_at_) return std::min<milliseconds>(idle_wait, reboot_at_ - now);
  board_->log(*this, port::LogLevel::info, "restarting, as reboottime says");
  board_->request_reboot();
  reboot_at_ = now + reboot_time_;
  return idle_wait;
}

void DeviceElement::do_values(ValueSink& sink) {
  sink.value("active", text_of(active()));
  sink.value("name", name_);
  sink.value("title", title());
  sink.value("description", description());
  sink.value("room", room());
  if (board_ != nullptr) {
    sink.value("mode", name_of(board_->mode()));
    sink.value("safemode", text_of(board_->safe_mode_for(*this)));
  }
  sink.value("sd", text_of(service_discovery_));
  sink.value("homepage", home_page_.empty() ? "/" : home_page_.view());
  if (reboot_time_ == seconds{0}) return;
  const auto left = std::chrono::duration_cast<seconds>(std::max(reboot_at_ - now_, milliseconds{0}));
  sink.value("nextboot", FixedString<20>{}.append_number(left.count()));
}

}  // namespace airlift::element
