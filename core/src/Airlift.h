#pragma once
// One include for sketches and programs that use the engine; grows with the Arduino adapters.

#include "airlift/base/status.hpp"
