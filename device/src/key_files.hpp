#pragma once
// The public keys that a configuration names: PEM files.

#include <string>

#include "airlift/element/key_source.hpp"
#include "airlift/port/system.hpp"

namespace airlift::device {

class KeyFiles final : public element::KeySource {
 public:
  /// Names are paths relative to `directory`, or absolute. `log` outlives this and is told which file cannot
  /// be used, and why.
  KeyFiles(std::string directory, port::Log& log) : directory_{std::move(directory)}, log_{log} {}

  /// Each file holds one public key.
  [[nodiscard]] Status load(std::string_view name, image::KeyRing& ring) override;

 private:
  void say(const std::string& path, std::string_view reason);

  std::string directory_;
  port::Log& log_;
};

}  // namespace airlift::device
