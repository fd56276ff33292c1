#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/arduino/esp8266/second_stack.hpp"

#if defined(__XTENSA__)

#include <StackThunk.h>

namespace {

void (*due_work)(void*){nullptr};
void* due_context{nullptr};

}  // namespace

extern "C" {
void airlift_run_due_work() {
  due_work(due_context);
}
make_stack_thunk(airlift_run_due_work);
void thunk_airlift_run_due_work();
}

void airlift::arduino::esp8266::run_on_second_stack(void (*work)(void*), void* context) {
  if (due_work == nullptr) stack_thunk_add_ref();
  due_work = work;
  due_context = context;
  thunk_airlift_run_due_work();
}

#else  // the core's emulation on a desktop

void airlift::arduino::esp8266::run_on_second_stack(void (*work)(void*), void* context) {
  work(context);
}

#endif
#endif
