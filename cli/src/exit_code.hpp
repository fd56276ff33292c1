#pragma once
// What commands that talk to devices exit with; docs/cli.md promises it.

#include "push_failure.hpp"

namespace airlift::cli {

[[nodiscard]] int exit_code_of(const PushFailure& failure);

}  // namespace airlift::cli
