#pragma once
// One connection of a browser or a tool, from its first byte to its last.

#include "airlift/port/stream_pool.hpp"

namespace airlift::web {

class WebConnection {};

}  // namespace airlift::web
