#pragma once
// A directory that lives as long as the test.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace airlift::testing {

class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "airlift-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    path_ = pattern;
  }
  ~TempDirectory() { std::filesystem::remove_all(path_); }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string{name}; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Writes a file into the directory and returns its path.
  std::string write(std::string_view name, std::string_view content) const {
    std::ofstream{*this / name, std::ios::binary} << content;
    return *this / name;
  }

 private:
  std::string path_;
};

[[nodiscard]] inline std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace airlift::testing
