#pragma once
// One include for sketches: the global object `Airlift`. Without Arduino's headers: nothing.

#include "airlift/arduino/airlift_class.hpp"
