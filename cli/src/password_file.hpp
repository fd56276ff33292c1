#pragma once
// A secret in a file of its own.

#include <string>

#include "image_file.hpp"

namespace airlift::cli {

struct PasswordInFile {
  std::string text;  ///< the first line, without its end
  bool readable_by_all{false};
};

/// Throws FileError.
[[nodiscard]] PasswordInFile read_password_file(const std::string& path);

void warn_about_readable_file(const std::string& path);

}  // namespace airlift::cli
