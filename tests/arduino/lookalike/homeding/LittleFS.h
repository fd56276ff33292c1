#pragma once
// A look-alike of the core's header: the files lie in the chip's folder.

#include <string>

class FS {
 public:
  /// Empty when there is none.
  std::string read(const std::string& path);
};
extern FS LittleFS;
