#pragma once
// What JSON says of a device and of how it ended, the same in each command. Costly to include, as
// json_line.hpp.

#include "device_upload.hpp"
#include "json_line.hpp"

namespace airlift::cli {

/// `result`, `code`, `number`.
void add_code(Json& json, UpdateError code);
/// `stage`, `message`, `advice`, and what else is known.
void add_failure(Json& json, const PushFailure& failure);
/// `name`, and `address` and `port` when they are known.
[[nodiscard]] Json device_json(const std::string& name, const port::Endpoint& device);
[[nodiscard]] std::string_view protocol_word(Protocol spoken);

}  // namespace airlift::cli
