// Runs a fuzz target without libFuzzer: feeds it every file of the folders that are named.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "require.hpp"

namespace {

std::vector<std::filesystem::path> files_in(const char* folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void replay(const std::filesystem::path& file) {
  std::ifstream input{file, std::ios::binary};
  const std::vector<char> read{std::istreambuf_iterator<char>{input}, {}};
  // A buffer of exactly this size, so that the address sanitizer sees one byte too many being read.
  const std::vector<std::uint8_t> bytes(read.begin(), read.end());
  std::printf("%s, %zu bytes\n", file.c_str(), bytes.size());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t replayed{0};
  for (int i = 1; i < count; ++i) {
    for (const auto& file : files_in(arguments[i])) {
      replay(file);
      ++replayed;
    }
  }
  if (replayed == 0) {
    std::fprintf(stderr, "usage: %s SEED-FOLDER...; no seeds were found\n", arguments[0]);
    return 2;
  }
  std::printf("%zu inputs, no property violated\n", replayed);
  return 0;
}
