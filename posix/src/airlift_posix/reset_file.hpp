#pragma once
// ResetMemory in a file of a few bytes.

#include <string>

#include "airlift/port/reset_memory.hpp"

namespace airlift::posix {

class ResetFile final : public port::ResetMemory {
 public:
  /// Its directory is there when something is written.
  explicit ResetFile(std::string path) : path_{std::move(path)} {}

  [[nodiscard]] std::uint8_t read() override;
  /// In place, and always the same few bytes: they lie in one sector, so a power cut leaves the old number or
  /// the new one, and a full disk is no obstacle.
  [[nodiscard]] Status write(std::uint8_t number) override;

 private:
  std::string path_;
};

}  // namespace airlift::posix
