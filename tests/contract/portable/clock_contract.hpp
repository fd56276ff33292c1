#pragma once
// What every Clock does.

#include "airlift/port/system.hpp"
#include "contract/portable/contract.hpp"

namespace airlift::contract {

class ClockSubject {
 public:
  virtual ~ClockSubject() = default;
  [[nodiscard]] virtual port::Clock& clock() = 0;
  /// Nothing to do where time passes by itself.
  virtual void let_time_pass() {}
};

inline constexpr Case<ClockSubject> clock_cases[]{
    {"GoesOnAndNeverBack",
     [](ClockSubject& subject, Verdict& verdict) {
       // A clock that stands still fails after so many looks, which take seconds where one is fast.
       constexpr std::uint32_t most_looks{50'000'000};
       const Instant start = subject.clock().now();
       Instant last = start;
       for (std::uint32_t looks = 0; last < start + milliseconds{5} && looks < most_looks; ++looks) {
         subject.let_time_pass();
         const Instant now = subject.clock().now();
         if (now < last) return AIRLIFT_EXPECT(verdict, now >= last);
         last = now;
       }
       AIRLIFT_EXPECT(verdict, last >= start + milliseconds{5});
     }},
};

}  // namespace airlift::contract
