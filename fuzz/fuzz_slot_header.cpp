// Slot headers: core/src/airlift/boot/slot_header.hpp, and a start that has nothing else, every copy of the
// record being lost. Input: up to four headers of 1020 bytes, which get their checksums here.

#include "boot_rig.hpp"

using airlift::Bytes;
using airlift::fuzz::require;
namespace boot = airlift::boot;

namespace {

void check_coding(const std::uint8_t* stored) {
  boot::SlotHeaderBytes bytes{};
  std::copy_n(stored, bytes.size(), bytes.begin());
  boot::SlotHeader header;
  if (!boot::decode(bytes, header).ok()) return;
  const boot::SlotHeaderBytes again = boot::encode(header);
  boot::SlotHeader same;
  require(boot::decode(again, same).ok() && boot::encode(same) == again,
          "what has been read can be stored and read again");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t body_bytes{boot::slot_header_bytes - 4};
  airlift::fuzz::BootRig rig;
  Bytes rest{data, size};
  for (const auto& kind : airlift::fuzz::small_map().slots) {
    for (const boot::Area& slot : kind) {
      if (rest.empty()) break;
      rig.put_with_checksum(slot.address, rest, body_bytes);
      rest = rest.subspan(std::min(rest.size(), body_bytes));
      check_coding(&rig.flash.memory[slot.address]);
    }
  }
  rig.start();
  return 0;
}
