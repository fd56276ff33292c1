#pragma once
// A look-alike of the IDF's header ("ESP Timer").

#include <cstdint>

std::int64_t esp_timer_get_time();  ///< microseconds since the start
