// The boot record: core/src/airlift/boot/boot_record.hpp, and what a start makes of it.
// Input: up to four copies of 764 bytes, which get their checksums here.

#include "boot_rig.hpp"

using airlift::Bytes;
using airlift::fuzz::require;
namespace boot = airlift::boot;

namespace {

void check_coding(const std::uint8_t* stored) {
  boot::BootRecordBytes bytes{};
  std::copy_n(stored, bytes.size(), bytes.begin());
  boot::BootRecord record;
  if (!boot::decode(bytes, record).ok()) return;
  const boot::BootRecordBytes again = boot::encode(record);
  boot::BootRecord same;
  require(boot::decode(again, same).ok() && boot::encode(same) == again,
          "what has been read can be stored and read again");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t body_bytes{boot::boot_record_bytes - 4};
  airlift::fuzz::BootRig rig;
  Bytes rest{data, size};
  for (std::uint32_t at = 0; at < 4 * airlift::fuzz::sector_bytes && !rest.empty();
       at += airlift::fuzz::sector_bytes) {
    rig.put_with_checksum(at, rest, body_bytes);
    rest = rest.subspan(std::min(rest.size(), body_bytes));
    check_coding(&rig.flash.memory[at]);
  }
  rig.start();
  return 0;
}
