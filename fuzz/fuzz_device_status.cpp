// What a device tells about itself, as the uploader reads it: airlift/wire/device_status.hpp.

#include "airlift/wire/device_status.hpp"
#include "require.hpp"

using airlift::fuzz::is_printable;
using airlift::fuzz::require;
namespace wire = airlift::wire;

namespace {

void check_kind(const wire::KindStatus& kind) {
  require(kind.running == '-' || kind.running == 'A' || kind.running == 'B', "a slot that exists runs");
  require((kind.running_slot() == nullptr) == (kind.running == '-'), "what runs lies in a slot");
  for (const wire::SlotStatus& slot : kind.slots) {
    require(is_printable(slot.state) && is_printable(slot.version), "a slot's words are printable");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const wire::DeviceStatus status = wire::parse_status(airlift::as_text({data, size}));
  require(is_printable(status.name) && is_printable(status.board) && is_printable(status.update.result),
          "text for the terminal is printable");
  check_kind(status.firmware);
  check_kind(status.filesystem);

  const wire::StatusText written = wire::format_status(status);
  require(!written.truncated(), "a status always fits");
  const wire::StatusText again = wire::format_status(wire::parse_status(written));
  require(again.view() == written.view(), "what is written reads the same");
  return 0;
}
