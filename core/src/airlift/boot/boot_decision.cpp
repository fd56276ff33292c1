#include "airlift/boot/boot_decision.hpp"

namespace airlift::boot {
namespace {

enum class Is : std::uint8_t { yes, no, any };

constexpr bool fits(Is wanted, bool fact) {
  return wanted == Is::any || (wanted == Is::yes) == fact;
}

struct Row {
  Candidate candidate;
  Is attempts_left;
  Is active_whole;
  BootAction action;
};

// The first row that fits counts.
constexpr Row table[]{
    {Candidate::whole, Is::yes, Is::any, BootAction::try_candidate},
    {Candidate::whole, Is::no, Is::yes, BootAction::roll_back},
    {Candidate::damaged, Is::any, Is::yes, BootAction::roll_back},
    // Nothing else is there. Trying it for ever would keep new images out.
    {Candidate::whole, Is::no, Is::no, BootAction::keep_candidate},
    {Candidate::none, Is::any, Is::yes, BootAction::start_active},
};

}  // namespace

BootAction decide(const BootFacts& facts) {
  for (const Row& row : table) {
    if (row.candidate == facts.candidate && fits(row.attempts_left, facts.attempts_left) &&
        fits(row.active_whole, facts.active_whole)) {
      return row.action;
    }
  }
  return BootAction::start_nothing;
}

}  // namespace airlift::boot
