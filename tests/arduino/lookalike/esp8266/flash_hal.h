#pragma once
// Where the filesystem lies; in the core, symbols of the linker script.

#include <cstdint>

#include "lookalike.hpp"

#define FS_PHYS_ADDR (lookalike::chip().filesystem_start)
#define FS_PHYS_SIZE (lookalike::chip().filesystem_bytes)
