#pragma once
// Random numbers from the kernel's generator.

#include "airlift/port/system.hpp"

namespace airlift::posix {

class SystemEntropy final : public port::Entropy {
 public:
  [[nodiscard]] Status fill(MutableBytes into) override;
};

}  // namespace airlift::posix
