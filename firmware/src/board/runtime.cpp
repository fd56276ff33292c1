// What compiler and C library expect from a system. No heap: what would need one stops here, and
// tools/check-firmware fails when an image holds one of these traps.

#include <cstddef>
#include <new>

#include "board/board.hpp"

namespace airlift::firmware::board {
namespace {

[[noreturn]] void stop(std::string_view why) {
  write_console("stopped: ");
  write_console(why);
  write_console("\n");
  reset_because(UpdateError::application_crashed);
}

}  // namespace
}  // namespace airlift::firmware::board

using airlift::firmware::board::stop;

void* operator new(std::size_t) {
  stop("operator new");
}
void* operator new[](std::size_t) {
  stop("operator new[]");
}
// Every virtual destructor names it.
void operator delete(void*) noexcept {
  stop("operator delete");
}
void operator delete(void*, std::size_t) noexcept {
  stop("operator delete");
}
void operator delete[](void*) noexcept {
  stop("operator delete[]");
}
void operator delete[](void*, std::size_t) noexcept {
  stop("operator delete[]");
}

// What string_view::substr() would throw.
void std::__throw_out_of_range_fmt(const char*, ...) {
  stop("an index out of range");
}

extern "C" {
void* malloc(std::size_t);
void* calloc(std::size_t, std::size_t);
void* realloc(void*, std::size_t);
void free(void*);
void* _sbrk(std::ptrdiff_t);
[[noreturn]] void abort();
[[noreturn]] void __cxa_pure_virtual();
[[noreturn]] void __assert_func(const char*, int, const char*, const char*);
int __cxa_atexit(void (*)(void*), void*, void*);
extern void* __dso_handle;

void* malloc(std::size_t) {
  stop("malloc");
}
void* calloc(std::size_t, std::size_t) {
  stop("calloc");
}
void* realloc(void*, std::size_t) {
  stop("realloc");
}
void free(void*) {
  stop("free");
}
void* _sbrk(std::ptrdiff_t) {
  stop("sbrk");
}
void abort() {
  stop("abort");
}
void __cxa_pure_virtual() {
  stop("a pure virtual function");
}
void __assert_func(const char*, int, const char*, const char*) {
  stop("an assertion");
}
/// Static objects live until the reset.
int __cxa_atexit(void (*)(void*), void*, void*) {
  return 0;
}
void* __dso_handle{nullptr};
}
