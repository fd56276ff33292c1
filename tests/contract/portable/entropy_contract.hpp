#pragma once
// What every Entropy does.

#include <algorithm>
#include <array>

#include "airlift/port/system.hpp"
#include "contract/portable/contract.hpp"

namespace airlift::contract {

inline constexpr Case<port::Entropy> entropy_cases[]{
    {"FillsEverythingAndDiffersEachTime",
     [](port::Entropy& entropy, Verdict& verdict) {
       // Longer than what getrandom gives in one go when it is interrupted (256 bytes).
       std::array<std::uint8_t, 1000> first{};
       std::array<std::uint8_t, 1000> second{};
       AIRLIFT_EXPECT(verdict, entropy.fill(first).ok());
       AIRLIFT_EXPECT(verdict, entropy.fill(second).ok());
       AIRLIFT_EXPECT(verdict, first != second);
       AIRLIFT_EXPECT(verdict, std::count(first.end() - 100, first.end(), 0) != 100);
     }},

    {"FillsNothing",
     [](port::Entropy& entropy, Verdict& verdict) { AIRLIFT_EXPECT(verdict, entropy.fill({}).ok()); }},
};

}  // namespace airlift::contract
