#pragma once
// A sketch on the desktop: its callbacks write down what they are told, and handle() is called until
// something has happened.

#include <Airlift.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "arduino/uploader.hpp"
#include "lookalike.hpp"
#include "support/temp_directory.hpp"

namespace airlift::testing {

/// An image that looks like an ESP's: its magic, one segment, flash mode `mode` (0 qio, 2 dio).
[[nodiscard]] inline std::string esp_image(char filler, std::size_t size, char mode = 2) {
  std::string image(size, filler);
  image.replace(0, 4, std::string{'\xE9', '\x01', mode, '\x20'});
  // Else all sectors are the same, and one in the wrong place is right.
  for (std::size_t i = 64; i + 4 < size; i += 512)
    image[i] = static_cast<char>(i >> 9), image[i + 1] = static_cast<char>(i >> 17);
  return image;
}

class Sketch {
 public:
  Sketch() {
    Airlift.setPort(own_port);
    Airlift.onStart([this] { told_.push_back("start " + std::to_string(Airlift.getCommand())); });
    Airlift.onEnd([this] { told_.push_back("end"); });
    Airlift.onError([this](ota_error_t error) { told_.push_back("error " + std::to_string(error)); });
    Airlift.onProgress([this](unsigned int done, unsigned int total) {
      EXPECT_LE(done, total);
      EXPECT_TRUE(progress_.empty() || done == 0 || done > progress_.back());
      progress_.push_back(done);
      total_ = total;
    });
  }
  ~Sketch() {
    Airlift.end();
    Airlift = AirliftClass{};
  }
  Sketch(const Sketch&) = delete;
  Sketch& operator=(const Sketch&) = delete;

  [[nodiscard]] const std::vector<unsigned int>& progress() const { return progress_; }
  [[nodiscard]] unsigned int total() const { return total_; }

  /// Runs the sketch beside `espota`, with these arguments more, until that has ended. Its exit status.
  int espota(const std::string& file, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"-i", lookalike::chip().host(), "-p", std::to_string(own_port), "-f", file});
    return serve("espota", std::move(more));
  }
  int serve(const std::string& program, std::vector<std::string> arguments) {
    Uploader uploader{program, std::move(arguments), log()};
    EXPECT_TRUE(uploader.started());
    run_until([&] { return uploader.status().has_value(); });
    return uploader.status().value_or(-2);
  }
  [[nodiscard]] std::string output() { return read_file(log()); }

  template <typename Condition>
  void run_until(Condition reached) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!reached() && std::chrono::steady_clock::now() < deadline) {
      Airlift.handle();
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
    EXPECT_TRUE(reached()) << output();
  }
  /// All that the callbacks are told from the start on; the last may still be on its way.
  void expect_told(const std::vector<std::string>& what) {
    run_until([&] { return told_.size() >= what.size(); });
    EXPECT_EQ(told_, what);
  }
  [[nodiscard]] std::string image_file(const std::string& content) {
    return directory_.write("sketch.bin", content);
  }
  [[nodiscard]] const TempDirectory& directory() const { return directory_; }

 private:
  /// Below those that the system gives; the address is the process's own.
  static constexpr std::uint16_t own_port{18266};

  [[nodiscard]] std::string log() const { return directory_ / "uploader.log"; }

  TempDirectory directory_;
  std::vector<std::string> told_;
  std::vector<unsigned int> progress_;
  unsigned int total_{0};
};

}  // namespace airlift::testing
