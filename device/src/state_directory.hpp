#pragma once
// The state directory: the flash file with its slots, the resets in a row, and run/ with what is extracted
// from them to be used.

#include <cstdint>
#include <memory>
#include <string>

#include "airlift/boot/history.hpp"
#include "airlift/boot/slot_store.hpp"
#include "airlift_posix/file_flash.hpp"
#include "airlift_posix/reset_file.hpp"

namespace airlift::device {

inline constexpr std::uint32_t sector_bytes{4096};
/// Of the largest image, unless the first firmware needs more.
inline constexpr std::uint32_t default_slot_bytes{8 * 1024 * 1024};
inline constexpr std::uint32_t largest_slot_bytes{1023U * 1024 * 1024};

/// The flash of a device and what is on it. Throws std::system_error or std::runtime_error with what to do.
class StateDirectory {
 public:
  /// Opens what init() made. The flash stays locked against other processes. store() is not loaded yet.
  [[nodiscard]] static StateDirectory open(const std::string& path);

  /// Makes the directory (0700) and an empty flash for images of `slot_bytes`, rounded up to whole sectors;
  /// an existing flash is opened and loaded, and an error when its slots have another size. 0: as it is, or
  /// large enough for `image_bytes`.
  [[nodiscard]] static StateDirectory open_or_create(const std::string& path, std::uint32_t slot_bytes,
                                                     std::uint64_t image_bytes);

  /// To look only, without the lock and without making anything: what the device changes meanwhile may be
  /// read half. store() is not loaded yet.
  [[nodiscard]] static StateDirectory open_read_only(const std::string& path);

  /// Whether a device runs with what is in `path`.
  [[nodiscard]] static bool in_use(const std::string& path);

  [[nodiscard]] boot::SlotStore& store() { return *store_; }
  /// Not loaded yet.
  [[nodiscard]] boot::History& history() { return *history_; }
  [[nodiscard]] posix::ResetFile& resets() { return resets_; }
  /// Where extracted images and the application's own run-time files live; absolute; 0700.
  [[nodiscard]] const std::string& run_directory() const { return run_directory_; }

 private:
  StateDirectory(const std::string& path, std::unique_ptr<posix::FileFlash> flash);

  std::string run_directory_;
  posix::ResetFile resets_;
  std::unique_ptr<posix::FileFlash> flash_;
  std::unique_ptr<boot::SlotStore> store_;
  std::unique_ptr<boot::History> history_;
};

}  // namespace airlift::device
