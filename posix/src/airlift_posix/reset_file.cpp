#include "airlift_posix/reset_file.hpp"

#include <fstream>

#include "airlift/codec/text.hpp"
#include "airlift_posix/replace_file.hpp"

namespace airlift::posix {

std::uint8_t ResetFile::read() {
  std::string line;
  std::ifstream file{path_};
  std::getline(file, line);
  return static_cast<std::uint8_t>(codec::parse_number(line, 255).value_or(0));
}

Status ResetFile::write(std::uint8_t number) {
  return replace_file(path_, std::to_string(number) + "\n") ? Status{} : UpdateError::storage_failed;
}

}  // namespace airlift::posix
