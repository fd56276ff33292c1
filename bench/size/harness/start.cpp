// From the reset to run(): paints the stack, and says at the end how far down the paint is gone.

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/machine.hpp"

extern "C" {
extern std::uint32_t stack_bottom[], stack_top[];
extern void (*const constructors_start[])();
extern void (*const constructors_end[])();
[[noreturn]] void probe_main();
}

namespace airlift::probe {
namespace {

constexpr std::uint32_t paint{0xA5A5A5A5};

void write_number(std::uint32_t number) {
  std::array<char, 10> digits{};
  std::size_t at{digits.size()};
  for (; number > 0; number /= 10) digits[--at] = static_cast<char>('0' + number % 10);
  write({digits.data() + at, digits.size() - at});
}

[[gnu::noinline]] void paint_stack() {
  // Not what this function and its caller stand on.
  auto* const end = static_cast<volatile std::uint32_t*>(__builtin_frame_address(0)) - 32;
  for (volatile std::uint32_t* at = stack_bottom; at < end; ++at) *at = paint;
}

std::uint32_t used_stack_bytes() {
  const volatile std::uint32_t* at = stack_bottom;
  while (*at == paint) ++at;
  return static_cast<std::uint32_t>(stack_top - at) * 4;
}

}  // namespace

void fail(std::string_view why) {
  write("failed: ");
  write(why);
  write("\n");
  finish();
}

}  // namespace airlift::probe

using namespace airlift::probe;

void probe_main() {
  for (auto* constructor = constructors_start; constructor != constructors_end; ++constructor)
    (*constructor)();
  paint_stack();
  run();
  write("stack ");
  write_number(used_stack_bytes());
  write("\n");
  finish();
}

// What compiler and C library expect from a system. No heap.
void operator delete(void*) noexcept {
  fail("operator delete");
}
void operator delete(void*, std::size_t) noexcept {
  fail("operator delete");
}
extern "C" {
void __cxa_pure_virtual();
int __cxa_atexit(void (*)(void*), void*, void*);
extern void* __dso_handle;
void __cxa_pure_virtual() {
  fail("a pure virtual function");
}
int __cxa_atexit(void (*)(void*), void*, void*) {
  return 0;
}
void* __dso_handle{nullptr};
}
namespace std {
[[noreturn]] void __throw_out_of_range_fmt(const char* what, ...);
void __throw_out_of_range_fmt(const char* what, ...) {
  fail(what);
}
}  // namespace std
