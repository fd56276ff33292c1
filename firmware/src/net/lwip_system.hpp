#pragma once
// What lwIP asks of the system around it: time, random numbers, and where to stop.

#include "airlift/port/system.hpp"

namespace airlift::firmware {

/// Where lwIP's random numbers come from; before lwip_init().
void set_lwip_entropy(port::Entropy& entropy);

}  // namespace airlift::firmware
