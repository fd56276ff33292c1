#pragma once
// A number that outlives the counter, not the test.

#include "airlift/port/reset_memory.hpp"

namespace airlift::testing {

class FakeResetMemory final : public port::ResetMemory {
 public:
  [[nodiscard]] std::uint8_t read() override { return number; }
  [[nodiscard]] Status write(std::uint8_t value) override {
    if (fails) return UpdateError::storage_failed;
    ++writes;
    number = value;
    return {};
  }

  bool fails{false};
  int writes{0};
  std::uint8_t number{0};
};

}  // namespace airlift::testing
