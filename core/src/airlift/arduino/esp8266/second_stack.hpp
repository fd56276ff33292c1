#pragma once
// The sketch's stack has 4 KiB, less than some of core's calls take. The ESP8266 core keeps a second one for
// BearSSL (cores/esp8266/StackThunk.h); core runs there, and the sketch's callbacks do not.

#if defined(ARDUINO_ARCH_ESP8266)

namespace airlift::arduino::esp8266 {

/// Reserves the stack, 6 KiB of the heap, on the first call; calls do not nest.
void run_on_second_stack(void (*work)(void*), void* context);

}  // namespace airlift::arduino::esp8266

#endif
