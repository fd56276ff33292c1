#pragma once
// Fast random numbers that are the same on every machine (splitmix64, Steele, Lea and Flood, 2014).

#include <cstdint>

namespace airlift::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_{seed} {}

  [[nodiscard]] std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }

  /// From 0 up to, not including, `limit`, which is not 0.
  [[nodiscard]] std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>((next() >> 32) * limit >> 32);
  }

  [[nodiscard]] bool one_in(std::uint32_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace airlift::sim
