#include "password_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "terminal.hpp"

namespace airlift::cli {

PasswordInFile read_password_file(const std::string& path) {
  PasswordInFile result;
  std::ifstream stream{path};
  if (!stream || !(std::getline(stream, result.text) || stream.eof())) {
    throw FileError{fmt::format("{}: {}", path, std::strerror(errno))};
  }
  if (result.text.ends_with('\r')) result.text.pop_back();
  struct stat info {};
  result.readable_by_all = stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0;
  return result;
}

void warn_about_readable_file(const std::string& path) {
  print_warning(fmt::format("every user of this computer can read {}: chmod 600 it", path));
}

}  // namespace airlift::cli
