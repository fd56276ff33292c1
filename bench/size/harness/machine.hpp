#pragma once
// The emulated processor.

#include <string_view>

namespace airlift::probe {

/// Of script.cpp.
void run();

void write(std::string_view text);
/// Ends the machine.
[[noreturn]] void finish();
/// Says why, and ends the machine.
[[noreturn]] void fail(std::string_view why);

}  // namespace airlift::probe
