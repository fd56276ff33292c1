#include "memory_guard.hpp"

#include "board/layout_ini.hpp"
#include "registers.hpp"

namespace airlift::firmware::mps2 {
namespace {

// ARMv7-M B3.5, MPU_RASR: a region of 2^(size + 1) bytes of normal memory that code may only read.
enum class Execution : std::uint32_t { allowed = 0, never = 1U << 28 };
constexpr std::uint32_t read_only{6U << 24}, normal{0xBU << 16}, enabled{1};

constexpr std::uint32_t flash_size_field{23}, rom_size_field{17};
static_assert(layout_ini::flash_size == 1U << (flash_size_field + 1));

void guard(std::uint32_t region, std::uint32_t start, std::uint32_t size_field, Execution execution) {
  memory_protection::region = region;
  memory_protection::base = start;
  memory_protection::attributes =
      static_cast<std::uint32_t>(execution) | read_only | normal | size_field << 1 | enabled;
}

void switch_to(std::uint32_t control) {
  asm volatile("dsb" ::: "memory");
  memory_protection::control = control;
  asm volatile("dsb\n isb" ::: "memory");
}

}  // namespace

void guard_memory() {
  guard(0, flash_start, flash_size_field, Execution::never);
  guard(1, 0, rom_size_field, Execution::allowed);
  switch_to(memory_protection::on_for_privileged_code);
}

Unguarded::Unguarded() {
  switch_to(0);
}

Unguarded::~Unguarded() {
  switch_to(memory_protection::on_for_privileged_code);
}

}  // namespace airlift::firmware::mps2
