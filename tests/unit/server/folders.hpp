#pragma once
// Real folders of images, and a log that is kept.

#include <filesystem>
#include <string>
#include <vector>

#include "airlift/port/system.hpp"
#include "support/temp_directory.hpp"

namespace airlift::server::testing {

class KeptLog final : public port::Log {
 public:
  void write(port::LogLevel /*level*/, std::string_view /*source*/, std::string_view message) override {
    lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

/// With lamp/stable/images in it.
class UpdateFolder {
 public:
  UpdateFolder() { make("lamp/stable/images"); }

  void make(const std::string& path) const { std::filesystem::create_directories(temporary_ / path); }
  void write(const std::string& path, std::string_view content) const { temporary_.write(path, content); }
  void remove(const std::string& path) const { std::filesystem::remove_all(temporary_ / path); }
  [[nodiscard]] std::string operator/(const std::string& path) const { return temporary_ / path; }
  [[nodiscard]] const std::string& path() const { return temporary_.path(); }

 private:
  airlift::testing::TempDirectory temporary_;
};

}  // namespace airlift::server::testing
