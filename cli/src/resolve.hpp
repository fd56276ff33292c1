#pragma once
// From what the user calls a device to where it listens.

#include <optional>
#include <string>

#include "airlift/base/time.hpp"
#include "interrupt.hpp"
#include "target.hpp"

namespace airlift::cli {

/// An address is taken as it is; a name is looked for by mDNS, then by the system's resolver (names with a
/// domain other than `.local`, and localhost, the other way round). `port`: the user's choice, which wins;
/// else mDNS says it, else it is the ESP8266's. Throws PushError: name_not_found, also when several devices
/// have the name; cancelled.
[[nodiscard]] Target resolve(posix::EventLoop& loop, const Interrupt& interrupt, const std::string& name,
                             std::optional<std::uint16_t> port);

}  // namespace airlift::cli
