#pragma once
// What a boot loader tells the program it starts, in memory that the program's start-up leaves alone.

#include "airlift/boot/boot_sequence.hpp"

namespace airlift::boot {

inline constexpr std::size_t hand_off_bytes{20};
/// Magic "ALHO", a byte each: version 1, firmware slot, filesystem slot, on trial, attempt, rolled back,
/// kept, recovered, fell back; three zeros; CRC-32 of all before. Boot loader and program may differ in age.
using HandOffBytes = std::array<std::uint8_t, hand_off_bytes>;

[[nodiscard]] HandOffBytes encode(const BootPlan& plan);
/// Reads the start of `memory`. Outcomes: the plan; no_boot_record: there is none, or it is damaged.
[[nodiscard]] Result<BootPlan> decode_hand_off(Bytes memory);

}  // namespace airlift::boot
