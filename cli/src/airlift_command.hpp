#pragma once
// The command line of airlift, or of espota when the program is called so.

namespace airlift::cli {

/// Returns the exit code. May throw std::exception.
[[nodiscard]] int run(int argc, const char* const* argv);

}  // namespace airlift::cli
