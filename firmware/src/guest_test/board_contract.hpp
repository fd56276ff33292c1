#pragma once
// What board.hpp promises, as far as a program that runs can see it.

#include "airlift/boot/hand_off.hpp"
#include "board/board.hpp"
#include "contract/portable/contract.hpp"

namespace airlift::firmware {

/// The functions of this build's board.
struct ThisBoard {};

/// Longer than any hold-up of an emulated board.
constexpr seconds patience{30};

inline constexpr contract::Case<ThisBoard> board_cases[]{
    {"LoadsWhateverFitsIntoASlot",
     [](ThisBoard&, contract::Verdict& verdict) {
       for (const boot::Area& slot : board::layout().slots.slots[0]) {
         AIRLIFT_EXPECT(verdict,
                        board::execution_memory().size() >= slot.size_bytes - boot::slot_header_bytes);
       }
     }},

    {"LaysOutTheFlashItHas",
     [](ThisBoard&, contract::Verdict& verdict) {
       const board::Layout& layout = board::layout();
       port::Flash& flash = board::flash();
       AIRLIFT_EXPECT(verdict, check(layout.slots, flash).ok());
       const std::uint64_t slots_end = boot::end_of(layout.slots);
       for (const boot::Area& note : {layout.resets, layout.seed}) {
         AIRLIFT_EXPECT(verdict, note.address >= slots_end && note.end() <= flash.geometry().size_bytes);
         AIRLIFT_EXPECT(verdict, flash.sector_at(note.address).address == note.address);
         AIRLIFT_EXPECT(verdict, note.size_bytes >= 2 * flash.sector_at(note.address).size_bytes);
       }
       AIRLIFT_EXPECT(verdict, layout.resets.end() <= layout.seed.address);
     }},

    {"HasANameThatFitsIntoAManifest",
     [](ThisBoard&, contract::Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, !board::id().empty() && board::id().size() <= image::VersionText::capacity());
     }},

    {"SleepsAndGoesOn",
     [](ThisBoard&, contract::Verdict& verdict) {
       const std::uint32_t cycles = board::cycles();
       const auto start = board::uptime();
       while (board::uptime() < start + milliseconds{50}) board::idle(milliseconds{10});
       AIRLIFT_EXPECT(verdict, board::uptime() < start + patience);
       AIRLIFT_EXPECT(verdict, board::cycles() != cycles);
     }},

    {"KeepsTheHandOffOutOfWhatAStartClears",
     [](ThisBoard&, contract::Verdict& verdict) {
       const MutableBytes memory = board::hand_off_memory();
       AIRLIFT_EXPECT(verdict, memory.size() >= boot::hand_off_bytes);
       // Also a check of the boot loader: it has started this program and told it how.
       const Result<boot::BootPlan> plan = boot::decode_hand_off(memory);
       AIRLIFT_EXPECT(verdict, plan.ok() && plan.value().firmware != boot::SlotId::none);
     }},

    {"HasBeenAskedWhyItWasReset",
     [](ThisBoard&, contract::Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, board::take_reset_reason() == UpdateError::none);
     }},
};

}  // namespace airlift::firmware
