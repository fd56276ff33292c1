#include "state_directory.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "airlift/base/endian.hpp"

namespace airlift::device {
namespace {

constexpr std::uint32_t write_align_bytes{4};  // of SPI NOR behind an ESP8266

std::string flash_path(const std::string& directory) {
  return directory + "/flash.img";
}

void make_private_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    throw std::system_error{errno, std::generic_category(), "cannot make " + path};
  }
}

boot::FlashMap map_for(std::uint32_t image_bytes) {
  return boot::uniform_map({sector_bytes, image_bytes, image_bytes});
}

/// Whether the flash is one of Airlift's first layout: two sectors of records of version 1, slots without
/// headers.
bool has_first_layout(port::Flash& flash) {
  constexpr std::array<std::uint8_t, 8> start{'A', 'L', 'B', 'R', 1, 0, 0, 0};
  for (const std::uint32_t sector : {0U, sector_bytes}) {
    std::array<std::uint8_t, start.size()> found{};
    if (flash.read(sector, found).ok() && found == start) return true;
  }
  return false;
}

/// What --slot-size named when the flash was made. Throws when it is no flash of this layout.
std::uint32_t slot_bytes_of(port::Flash& flash, const std::string& path) {
  const std::uint32_t size = flash.geometry().size_bytes;
  const std::uint32_t fixed = map_for(0).slots[0][0].address;
  const std::uint32_t slot = size > fixed ? (size - fixed) / 4 : 0;
  const bool fits = slot > sector_bytes && size == end_of(map_for(slot - sector_bytes));
  if (fits && !has_first_layout(flash)) return slot - sector_bytes;
  const std::string what = has_first_layout(flash) ? " was made by an older Airlift, with another layout"
                                                   : " is not a flash of Airlift's";
  throw std::runtime_error{flash_path(path) + what + ": remove it and put the firmware on again with " +
                           "airlift-device init --state " + path + " --firmware FILE"};
}

std::uint32_t chosen_slot_bytes(std::uint32_t wanted, std::uint64_t image_bytes) {
  constexpr std::uint64_t mebibyte{1024 * 1024};
  const std::uint64_t twice_the_image = (2 * image_bytes + mebibyte - 1) / mebibyte * mebibyte;
  const std::uint64_t bytes =
      wanted != 0 ? std::uint64_t{wanted} : std::max<std::uint64_t>(default_slot_bytes, twice_the_image);
  const std::uint64_t rounded = (bytes + sector_bytes - 1) / sector_bytes * sector_bytes;
  if (rounded > largest_slot_bytes) {
    throw std::runtime_error{"a slot can have " + std::to_string(largest_slot_bytes) + " bytes at most"};
  }
  return static_cast<std::uint32_t>(rounded);
}

/// Throws when a new flash cannot be told from one with an image.
void load_for_init(boot::SlotStore& store, const std::string& path) {
  const Status loaded = store.load();
  if (loaded.ok() || loaded.error() == UpdateError::no_boot_record) return;
  const ErrorInfo& info = describe(loaded.error());
  throw std::runtime_error{flash_path(path) + ": " + std::string{info.text} + ". " +
                           std::string{info.advice}};
}

void require_flash(const std::string& path) {
  if (std::filesystem::exists(flash_path(path))) return;
  throw std::runtime_error{"no firmware in " + path + ": put one on with airlift-device init --state " +
                           path + " --firmware FILE"};
}

}  // namespace

StateDirectory::StateDirectory(const std::string& path, std::unique_ptr<posix::FileFlash> flash)
    : run_directory_{std::filesystem::absolute(path) / "run"},
      resets_{path + "/resets"},
      flash_{std::move(flash)} {
  const boot::FlashMap map = map_for(slot_bytes_of(*flash_, path));
  store_ = std::make_unique<boot::SlotStore>(*flash_, map);
  history_ = std::make_unique<boot::History>(*flash_, map.history);
}

StateDirectory StateDirectory::open(const std::string& path) {
  require_flash(path);
  StateDirectory state{path, posix::FileFlash::open(flash_path(path), sector_bytes, write_align_bytes)};
  make_private_directory(state.run_directory());
  return state;
}

StateDirectory StateDirectory::open_or_create(const std::string& path, std::uint32_t slot_bytes,
                                              std::uint64_t image_bytes) {
  make_private_directory(path);
  if (!std::filesystem::exists(flash_path(path))) {
    const auto size = static_cast<std::uint32_t>(end_of(map_for(chosen_slot_bytes(slot_bytes, image_bytes))));
    StateDirectory state{path,
                         posix::FileFlash::create(flash_path(path), {size, sector_bytes, write_align_bytes})};
    load_for_init(state.store(), path);
    return state;
  }
  StateDirectory state{path, posix::FileFlash::open(flash_path(path), sector_bytes, write_align_bytes)};
  const std::uint32_t existing = slot_bytes_of(*state.flash_, path);
  if (slot_bytes != 0 && chosen_slot_bytes(slot_bytes, 0) != existing) {
    throw std::runtime_error{"the slots in " + path + " have " + std::to_string(existing) +
                             " bytes: remove the directory to change that; what is installed is lost then"};
  }
  load_for_init(state.store(), path);
  return state;
}

StateDirectory StateDirectory::open_read_only(const std::string& path) {
  require_flash(path);
  return {path, posix::FileFlash::open_read_only(flash_path(path), sector_bytes, write_align_bytes)};
}

bool StateDirectory::in_use(const std::string& path) {
  require_flash(path);
  return posix::FileFlash::in_use(flash_path(path));
}

}  // namespace airlift::device
