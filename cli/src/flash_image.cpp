#include "flash_image.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <system_error>
#include <vector>

#include "airlift/boot/flash_note.hpp"
#include "airlift_posix/file_flash.hpp"
#include "airlift_posix/install_image.hpp"
#include "airlift_posix/system_entropy.hpp"
#include "command_failure.hpp"
#include "flash_layout.hpp"
#include "image_file.hpp"

namespace airlift::cli {
namespace {

constexpr std::size_t seed_bytes{32};  // docs/design/firmware.md, "Random numbers"

/// A name beside the output, and no file of it in the end unless it was renamed.
class Unfinished {
 public:
  explicit Unfinished(const std::string& path)
      : path_{fmt::format("{}.{:08x}.tmp", path, std::random_device{}())} {}
  ~Unfinished() { ::unlink(path_.c_str()); }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

CommandError trouble(const std::string& path, UpdateError code) {
  return make_error(code, Subject::output, fmt::format("{}: {}", path, describe(code).text));
}

std::uint32_t put_boot_loader(port::Flash& flash, const FlashLayout& layout, const std::string& path) {
  ImageFile file{path};
  if (file.size_bytes() > layout.boot_loader_bytes) {
    throw make_error(
        UpdateError::no_space, Subject::image,
        fmt::format("{}: {} bytes, but the layout has {} for a boot loader", path, file.size_bytes(),
                    layout.boot_loader_bytes),
        "Give the boot loader of this board; where the layout has no room it is not in the flash.");
  }
  std::vector<std::uint8_t> bytes;
  file.read(0, file.size_bytes(),
            [&bytes](Bytes piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
  const std::size_t unit = layout.geometry.write_align_bytes;
  bytes.resize((bytes.size() + unit - 1) / unit * unit, layout.geometry.erased_value);
  if (const Status written = flash.program(0, {bytes.data(), bytes.size()}); !written.ok()) {
    throw trouble(path, written.error());
  }
  return file.size_bytes();
}

void put_seed(port::Flash& flash, const boot::Area& area, const std::string& output) {
  std::array<std::uint8_t, seed_bytes> seed{};
  Status status = posix::SystemEntropy{}.fill(seed);
  if (status.ok()) status = boot::FlashNote{flash, area, seed.size()}.store(seed);
  if (!status.ok()) throw trouble(output, status.error());
}

boot::SlotInfo put_image(boot::SlotStore& store, boot::History& history, image::Kind kind,
                         const std::string& path, const std::string& board_id) {
  posix::install_image(store, history, kind, path, board_id, "flash-image");
  const boot::BootRecord::Slots& slots = store.record().of(kind);
  return slots.at(slots.active);
}

FlashReport fill(port::Flash& flash, const FlashLayout& layout, const FlashRequest& request) {
  FlashReport report;
  report.flash_bytes = layout.geometry.size_bytes;
  if (request.boot_loader) {
    report.boot_loader_bytes = put_boot_loader(flash, layout, *request.boot_loader);
  }
  put_seed(flash, layout.seed, request.output);
  boot::SlotStore store{flash, layout.slots};
  boot::History history{flash, layout.slots.history};
  report.firmware = put_image(store, history, image::Kind::firmware, request.firmware, request.board_id);
  if (request.filesystem) {
    report.filesystem =
        put_image(store, history, image::Kind::filesystem, *request.filesystem, request.board_id);
  }
  return report;
}

}  // namespace

FlashReport make_flash_image(const FlashRequest& request) try {
  const FlashLayout layout = load_flash_layout(request.layout);
  const Unfinished unfinished{request.output};
  const auto flash = posix::FileFlash::create(unfinished.path(), layout.geometry);
  const FlashReport report = fill(*flash, layout, request);
  if (const Status flushed = flash->flush(); !flushed.ok()) throw trouble(request.output, flushed.error());
  if (std::rename(unfinished.path().c_str(), request.output.c_str()) != 0) {
    throw std::system_error{errno, std::generic_category(), "cannot make " + request.output};
  }
  return report;
} catch (const posix::InstallError& error) {
  throw make_error(error.code, Subject::image, error.problem);
} catch (const FileError& error) {
  throw make_error(UpdateError::file_unreadable, Subject::file, error.message);
} catch (const std::runtime_error& error) {
  throw make_error(UpdateError::storage_failed, Subject::output, error.what());
}

}  // namespace airlift::cli
