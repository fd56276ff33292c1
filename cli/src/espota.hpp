#pragma once
// The program under the name `espota`: exactly espota's options, messages and exit codes, so that it can
// replace espota.py in a recipe.

namespace airlift::cli {

[[nodiscard]] int run_espota(int argc, const char* const* argv);

}  // namespace airlift::cli
