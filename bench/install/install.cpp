// Installs files through Updater into a flash file, as airlift-device does, and tells how long it took and
// what it cost the flash. bench/install/run calls it.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "airlift/boot/boot_sequence.hpp"
#include "airlift/update/gzip_unpacker.hpp"
#include "airlift/update/updater.hpp"
#include "airlift_posix/file_flash.hpp"

namespace {

using namespace airlift;

/// A flash that counts what is done to it.
class CountingFlash final : public port::Flash {
 public:
  explicit CountingFlash(port::Flash& flash) : flash_{flash}, erases_per_sector_(sectors()) {}

  [[nodiscard]] port::FlashGeometry geometry() const override { return flash_.geometry(); }
  [[nodiscard]] Status flush() override {
    ++flushes;
    return flash_.flush();
  }

  std::size_t erases{0};
  std::size_t programs{0};
  std::size_t programmed_bytes{0};
  std::size_t flushes{0};
  [[nodiscard]] std::size_t most_erases_of_a_sector() const {
    return *std::max_element(erases_per_sector_.begin(), erases_per_sector_.end());
  }

 private:
  [[nodiscard]] std::size_t sectors() const { return geometry().size_bytes / geometry().sector_bytes; }
  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override {
    return flash_.read(address, into);
  }
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override {
    return do_erase(address, address + geometry().sector_bytes);
  }
  [[nodiscard]] Status do_erase(std::uint32_t address, std::uint32_t end) override {
    for (std::uint32_t at = address; at < end; at += geometry().sector_bytes) {
      ++erases;
      ++erases_per_sector_[at / geometry().sector_bytes];
    }
    return flash_.erase(address, end);
  }
  [[nodiscard]] Status do_compare(std::uint32_t address, Bytes bytes) override {
    return flash_.compare(address, bytes);
  }
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override {
    ++programs;
    programmed_bytes += bytes.size();
    return flash_.program(address, bytes);
  }

  port::Flash& flash_;
  std::vector<std::size_t> erases_per_sector_;
};

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string content(std::filesystem::file_size(path), '\0');
  if (!file.read(content.data(), static_cast<std::streamsize>(content.size())))
    throw std::runtime_error{"cannot read " + path};
  return content;
}

void check(const Status& status, const char* what) {
  if (!status.ok())
    throw std::runtime_error{std::string{what} + ": " + std::string{describe(status.error()).text}};
}

struct Options {
  std::string file;
  std::string flash;
  std::uint32_t slot_bytes{0};
  int updates{1};
  bool md5{false};
};

/// What one upload took.
struct Time {
  double wall_s{1e9};
  double processor_s{1e9};
};

/// One upload, from the first byte to the boot record.
Time upload(update::Updater& updater, std::string_view file, bool md5) {
  update::Announcement announcement;
  announcement.size_bytes = static_cast<std::uint32_t>(file.size());
  if (md5) announcement.md5 = crypto::md5(as_bytes(file));
  const auto began = std::chrono::steady_clock::now();
  const std::clock_t processor_began = std::clock();
  check(updater.begin(announcement), "begin");
  using Phase = update::Updater::Phase;
  while (updater.phase() != Phase::done && updater.phase() != Phase::failed) {
    const MutableBytes room = updater.room();
    const std::size_t count = std::min(room.size(), file.size());
    if (count > 0) {
      std::memcpy(room.data(), file.data(), count);
      updater.took(count);
    }
    file.remove_prefix(count);
    updater.step();
  }
  check(updater.error(), "upload");
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(),
          static_cast<double>(std::clock() - processor_began) / CLOCKS_PER_SEC};
}

int run(const Options& options) {
  constexpr std::uint32_t sector_bytes{4096};
  const boot::FlashMap map = boot::uniform_map({sector_bytes, options.slot_bytes, 0});
  const auto file_flash = posix::FileFlash::create(
      options.flash, {static_cast<std::uint32_t>(boot::end_of(map)), sector_bytes, 4});
  CountingFlash flash{*file_flash};
  boot::SlotStore store{flash, map};
  boot::History history{flash, map.history};
  history.load();
  [[maybe_unused]] const Status empty = store.load();
  std::vector<std::uint8_t> block(64 * 1024);
  std::vector<std::uint8_t> inflated(64 * 1024);
  std::vector<std::uint8_t> arena(codec::gzip_arena_bytes());
  update::GzipUnpacker unpacker{{inflated.data(), inflated.size()}, {arena.data(), arena.size()}};
  update::Updater updater{store, history, {{block.data(), block.size()}, &unpacker}};
  const std::string file = read_file(options.file);
  Time fastest;
  for (int i = 0; i < options.updates; ++i) {
    const Time time = upload(updater, file, options.md5);
    fastest.wall_s = std::min(fastest.wall_s, time.wall_s);
    fastest.processor_s = std::min(fastest.processor_s, time.processor_s);
    if (!boot::prepare_boot(store, 3, {block.data(), block.size()}).ok()) throw std::runtime_error{"boot"};
    check(store.confirm(), "confirm");
    check(history.settle(store.record()), "history");
  }
  std::printf(
      "{\"wall_s\": %.6f, \"processor_s\": %.6f, \"updates\": %d, \"erases\": %zu, \"programs\": %zu, "
      "\"programmed_bytes\": %zu, "
      "\"flushes\": %zu, \"most_erases_of_a_sector\": %zu}\n",
      fastest.wall_s, fastest.processor_s, options.updates, flash.erases, flash.programs,
      flash.programmed_bytes, flash.flushes, flash.most_erases_of_a_sector());
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words{argv + 1, argv + argc};
  if (words.size() < 3) {
    std::fputs("usage: install_bench FILE FLASH SLOT-BYTES [UPDATES [md5]]    FLASH is made\n", stderr);
    return 2;
  }
  Options options{words[0], words[1], static_cast<std::uint32_t>(std::stoul(words[2]))};
  if (words.size() > 3) options.updates = std::stoi(words[3]);
  options.md5 = words.size() > 4 && words[4] == "md5";
  return run(options);
} catch (const std::exception& error) {
  std::fprintf(stderr, "install_bench: %s\n", error.what());
  return 1;
}
