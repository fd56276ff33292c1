// Arithmetic that the compiler calls and that Debian's libgcc for the lx106 lacks, because the ESP8266 has it
// in ROM. Names and meaning: GCC internals, "Routines for integer arithmetic".

#include <cstdint>

extern "C" {

std::uint64_t __udivmoddi4(std::uint64_t dividend, std::uint64_t divisor, std::uint64_t* remainder);
std::int64_t __divmoddi4(std::int64_t dividend, std::int64_t divisor, std::int64_t* remainder);

// By shifting and subtracting, from the highest bit that can be set.
std::uint32_t __udivsi3(std::uint32_t dividend, std::uint32_t divisor) {
  if (divisor == 0 || divisor > dividend) return 0;
  std::uint32_t quotient{0};
  for (int bit = __builtin_clz(divisor) - __builtin_clz(dividend); bit >= 0; --bit) {
    if (dividend >> bit < divisor) continue;
    dividend -= divisor << bit;
    quotient |= std::uint32_t{1} << bit;
  }
  return quotient;
}

std::uint32_t __umodsi3(std::uint32_t dividend, std::uint32_t divisor) {
  return dividend - __udivsi3(dividend, divisor) * divisor;
}

std::int32_t __divsi3(std::int32_t dividend, std::int32_t divisor) {
  const auto size = [](std::int32_t number) {
    const auto bits = static_cast<std::uint32_t>(number);
    return number < 0 ? 0U - bits : bits;
  };
  const std::uint32_t quotient = __udivsi3(size(dividend), size(divisor));
  return static_cast<std::int32_t>((dividend < 0) == (divisor < 0) ? quotient : 0U - quotient);
}

// The processor multiplies 32 bits to the lower 32.
std::uint64_t __umulsidi3(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t low = (a & 0xFFFF) * (b & 0xFFFF);
  const std::uint32_t cross = (a >> 16) * (b & 0xFFFF) + (low >> 16);
  const std::uint32_t other = (a & 0xFFFF) * (b >> 16) + (cross & 0xFFFF);
  const std::uint32_t high = (a >> 16) * (b >> 16) + (cross >> 16) + (other >> 16);
  return std::uint64_t{high} << 32 | (other << 16 | (low & 0xFFFF));
}

std::uint64_t __muldi3(std::uint64_t a, std::uint64_t b) {
  const auto a_low = static_cast<std::uint32_t>(a);
  const auto b_low = static_cast<std::uint32_t>(b);
  const std::uint32_t high =
      static_cast<std::uint32_t>(a >> 32) * b_low + static_cast<std::uint32_t>(b >> 32) * a_low;
  return __umulsidi3(a_low, b_low) + (std::uint64_t{high} << 32);
}

std::uint64_t __udivdi3(std::uint64_t dividend, std::uint64_t divisor) {
  return __udivmoddi4(dividend, divisor, nullptr);
}

std::uint64_t __umoddi3(std::uint64_t dividend, std::uint64_t divisor) {
  std::uint64_t remainder{0};
  (void)__udivmoddi4(dividend, divisor, &remainder);
  return remainder;
}

std::int64_t __divdi3(std::int64_t dividend, std::int64_t divisor) {
  std::int64_t remainder{0};
  return __divmoddi4(dividend, divisor, &remainder);
}

// No arithmetic with `double` on this board: RapidJSON computes a number's value although its text is what it
// gives (kParseNumbersAsStringsFlag), and this one nobody sees.
double __adddf3(double, double) {
  return 0;
}
double __muldf3(double, double) {
  return 0;
}
double __floatsidf(std::int32_t) {
  return 0;
}
double __floatunsidf(std::uint32_t) {
  return 0;
}
}
