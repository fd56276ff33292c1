#include "notify_message.hpp"

#include <algorithm>
#include <chrono>

#include "airlift/codec/text.hpp"

namespace airlift::device {
namespace {

std::optional<milliseconds> parse_period(std::string_view text) {
  const auto count = codec::parse_long_number(text);
  if (!count) return std::nullopt;
  constexpr std::chrono::microseconds longest{longest_watchdog_period};
  const auto bounded = std::min(*count, static_cast<std::uint64_t>(longest.count()));
  return std::chrono::ceil<milliseconds>(std::chrono::microseconds{bounded});
}

std::string printable(std::string_view text) {
  std::string result{text.substr(0, longest_status_chars)};
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

void take_assignment(std::string_view name, std::string_view value, NotifyMessage& message) {
  using Watchdog = NotifyMessage::Watchdog;
  if (name == "READY" && value == "1") message.ready = true;
  if (name == "STOPPING" && value == "1") message.stopping = true;
  if (name == "CHECK" && value == "1") message.check = true;
  if (name == "WATCHDOG" && value == "trigger") message.watchdog = Watchdog::failed;
  if (name == "WATCHDOG" && value == "1" && message.watchdog == Watchdog::silent) {
    message.watchdog = Watchdog::alive;
  }
  if (name == "WATCHDOG_USEC") {
    if (const auto period = parse_period(value)) message.watchdog_period = period;
  }
  if (name == "STATUS") message.status = printable(value);
}

}  // namespace

NotifyMessage parse_notify(std::string_view datagram) {
  NotifyMessage message;
  if (datagram.size() > longest_notify_bytes) return message;
  if (!datagram.empty() && datagram.back() == '\0') datagram.remove_suffix(1);
  if (datagram.find('\0') != std::string_view::npos) return message;
  while (!datagram.empty()) {
    std::string_view value = codec::take_until(datagram, '\n');
    if (!value.empty() && value.back() == '\r') value.remove_suffix(1);
    const std::string_view name = codec::take_until(value, '=');
    take_assignment(name, value, message);
  }
  return message;
}

}  // namespace airlift::device
