#include "mode_note.hpp"

#include <fstream>

#include "airlift_posix/replace_file.hpp"

namespace airlift::device {
namespace {

std::string path_in(const std::string& run_directory) {
  return run_directory + "/mode";
}

}  // namespace

void note_mode(const std::string& run_directory, element::StartMode mode) {
  [[maybe_unused]] const bool noted =
      posix::replace_file(path_in(run_directory), std::string{name_of(mode)} + "\n");
}

std::string noted_mode(const std::string& run_directory) {
  std::string line;
  std::getline(std::ifstream{path_in(run_directory)}, line);
  for (const auto mode : {element::StartMode::normal, element::StartMode::unsafe, element::StartMode::bare}) {
    if (line == name_of(mode)) return line;
  }
  return {};
}

}  // namespace airlift::device
