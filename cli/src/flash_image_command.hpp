#pragma once
// `airlift flash-image`: the flash of a new board.

#include <CLI/CLI.hpp>

#include "flash_image.hpp"

namespace airlift::cli {

class FlashImageCommand {
 public:
  /// Adds `flash-image` to `app`, which must not outlive this object.
  explicit FlashImageCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code. Throws CommandError.
  [[nodiscard]] int run() const;

 private:
  CLI::App& command_;
  FlashRequest request_;
  bool json_{false};
};

}  // namespace airlift::cli
