#include "state_directory.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

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

boot::SlotSizes slot_sizes(const port::FlashGeometry& geometry, const std::string& path) {
  constexpr std::uint32_t records = 2 * sector_bytes;
  const std::uint32_t slots = geometry.size_bytes > records ? geometry.size_bytes - records : 0;
  if (slots == 0 || slots % (4 * sector_bytes) != 0) {
    throw std::runtime_error{flash_path(path) +
                             " is not a flash of Airlift's: remove it and run airlift-device init"};
  }
  return {slots / 4, slots / 4};
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

}  // namespace

StateDirectory::StateDirectory(const std::string& path, std::unique_ptr<posix::FileFlash> flash)
    : run_directory_{std::filesystem::absolute(path) / "run"}, flash_{std::move(flash)} {
  make_private_directory(run_directory_);
  store_ = std::make_unique<boot::SlotStore>(*flash_, slot_sizes(flash_->geometry(), path));
}

StateDirectory StateDirectory::open(const std::string& path) {
  if (!std::filesystem::exists(flash_path(path))) {
    throw std::runtime_error{"no firmware in " + path + ": put one on with airlift-device init --state " +
                             path + " --firmware FILE"};
  }
  StateDirectory state{path, posix::FileFlash::open(flash_path(path), sector_bytes, write_align_bytes)};
  if (const Status loaded = state.store().load(); !loaded.ok()) {
    const ErrorInfo& info = describe(loaded.error());
    throw std::runtime_error{flash_path(path) + ": " + std::string{info.text} + ". " +
                             std::string{info.advice}};
  }
  return state;
}

StateDirectory StateDirectory::open_or_create(const std::string& path, std::uint32_t slot_bytes,
                                              std::uint64_t image_bytes) {
  make_private_directory(path);
  if (!std::filesystem::exists(flash_path(path))) {
    const std::uint32_t size = chosen_slot_bytes(slot_bytes, image_bytes);
    const auto total = static_cast<std::uint32_t>(boot::SlotStore::flash_bytes(sector_bytes, {size, size}));
    StateDirectory state{
        path, posix::FileFlash::create(flash_path(path), {total, sector_bytes, write_align_bytes})};
    if (state.store().load().error() != UpdateError::no_boot_record)
      throw std::runtime_error{"the flash is unusable"};
    return state;
  }
  StateDirectory state{path, posix::FileFlash::open(flash_path(path), sector_bytes, write_align_bytes)};
  const std::uint32_t existing = state.store().slot_bytes(image::Kind::firmware);
  if (slot_bytes != 0 && chosen_slot_bytes(slot_bytes, 0) != existing) {
    throw std::runtime_error{"the slots in " + path + " have " + std::to_string(existing) +
                             " bytes: remove the directory to change that; what is installed is lost then"};
  }
  const Status loaded = state.store().load();
  if (!loaded.ok() && loaded.error() != UpdateError::no_boot_record) {
    throw std::runtime_error{flash_path(path) + ": " + std::string{describe(loaded.error()).text}};
  }
  return state;
}

}  // namespace airlift::device
