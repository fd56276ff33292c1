#pragma once
// What devices tell about themselves, as a table for people and as JSON for programs.

#include <string>
#include <vector>

#include "status_query.hpp"

namespace airlift::cli {

struct DeviceAnswer {
  Target target;
  StatusAnswer answer;
};

/// One row for each device that has told its status, below a headline; empty when none has.
[[nodiscard]] std::string status_table(const std::vector<DeviceAnswer>& devices);
/// A JSON array of all devices, on one line.
[[nodiscard]] std::string status_json(const std::vector<DeviceAnswer>& devices);

}  // namespace airlift::cli
