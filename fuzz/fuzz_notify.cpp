// What an application sends to its notify socket: device/src/notify_message.hpp.

#include <string>

#include "notify_message.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace device = airlift::device;

namespace {

bool is_same(const device::NotifyMessage& a, const device::NotifyMessage& b) {
  return a.ready == b.ready && a.stopping == b.stopping && a.watchdog == b.watchdog &&
         a.watchdog_period == b.watchdog_period && a.status == b.status;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = airlift::as_text({data, size});
  const device::NotifyMessage message = device::parse_notify(text);

  require(!message.ready || has(text, "READY=1"), "ready by READY=1 only");
  require(!message.stopping || has(text, "STOPPING=1"), "stopping by STOPPING=1 only");
  require(message.watchdog == device::NotifyMessage::Watchdog::silent || has(text, "WATCHDOG="),
          "the watchdog by WATCHDOG= only");
  if (message.watchdog_period) {
    require(message.watchdog_period->count() >= 0, "no negative period");
    require(*message.watchdog_period <= device::longest_watchdog_period, "the period is bounded");
  }
  if (message.status) {
    require(message.status->size() <= device::longest_status_chars, "the status is bounded");
    require(airlift::fuzz::is_printable(*message.status), "the status is printable");
  }

  const bool speaks = size < device::longest_notify_bytes && !has(text, std::string_view{"\0", 1});
  if (speaks) {
    require(is_same(message, device::parse_notify(std::string{text} + "\n")),
            "a last line end changes nothing");
    require(device::parse_notify("READY=1\n" + std::string{text.substr(0, device::longest_notify_bytes - 8)})
                .ready,
            "what follows takes READY=1 not back");
  }
  return 0;
}
