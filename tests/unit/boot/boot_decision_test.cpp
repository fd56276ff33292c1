#include "airlift/boot/boot_decision.hpp"

#include <gtest/gtest.h>

namespace airlift::boot {
namespace {

// Every combination, written out: docs/design/storage.md.
TEST(BootDecision, EveryCombinationHasItsAction) {
  struct Row {
    Candidate candidate;
    bool attempts_left;
    bool active_whole;
    BootAction action;
  };
  constexpr Row rows[]{
      {Candidate::none, true, true, BootAction::start_active},
      {Candidate::none, false, true, BootAction::start_active},
      {Candidate::none, true, false, BootAction::start_nothing},
      {Candidate::none, false, false, BootAction::start_nothing},
      {Candidate::whole, true, true, BootAction::try_candidate},
      {Candidate::whole, true, false, BootAction::try_candidate},
      {Candidate::whole, false, true, BootAction::roll_back},
      {Candidate::whole, false, false, BootAction::keep_candidate},
      {Candidate::damaged, true, true, BootAction::roll_back},
      {Candidate::damaged, false, true, BootAction::roll_back},
      {Candidate::damaged, true, false, BootAction::start_nothing},
      {Candidate::damaged, false, false, BootAction::start_nothing},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(decide({row.candidate, row.attempts_left, row.active_whole}), row.action)
        << "candidate " << static_cast<int>(row.candidate) << ", attempts left " << row.attempts_left
        << ", active whole " << row.active_whole;
  }
}

}  // namespace
}  // namespace airlift::boot
