#pragma once
// ResetMemory in a file with one line.

#include <string>

#include "airlift/port/reset_memory.hpp"

namespace airlift::posix {

class ResetFile final : public port::ResetMemory {
 public:
  /// Its directory is there when something is written.
  explicit ResetFile(std::string path) : path_{std::move(path)} {}

  [[nodiscard]] std::uint8_t read() override;
  [[nodiscard]] Status write(std::uint8_t number) override;

 private:
  std::string path_;
};

}  // namespace airlift::posix
