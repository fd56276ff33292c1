#pragma once
// JSON on one line. Costly to include: only for files of the group `json` (CMakeLists.txt).

#include <nlohmann/json.hpp>
#include <string>

namespace airlift::cli {

using Json = nlohmann::ordered_json;

/// Without a line end. Names and TXT values come from strangers and may be anything but UTF-8: what is not is
/// replaced.
[[nodiscard]] inline std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace airlift::cli
