#pragma once
// A look-alike of the IDF's header ("Random Number Generation"); the numbers are the system's.

#include <cstddef>

void esp_fill_random(void* into, std::size_t size);
