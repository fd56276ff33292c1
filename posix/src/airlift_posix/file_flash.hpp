#pragma once
// Flash memory in a regular file, byte for byte, with strict NOR rules.

#include <memory>
#include <string>
#include <vector>

#include "airlift/port/flash.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::posix {

/// Stricter than a chip: program() into bytes that are not erased is flash_misuse and writes nothing.
/// The file is locked while the object lives, so two processes cannot both use it; reading it meanwhile takes
/// no lock and disturbs nobody. Needs 128 KiB of memory.
class FileFlash final : public port::Flash {
 public:
  /// Makes a new, erased flash of at most 4 GiB - 1 byte, readable by its owner only. It appears at `path`
  /// only when it is complete. Throws std::system_error when that cannot be done or `path` exists already.
  [[nodiscard]] static std::unique_ptr<FileFlash> create(const std::string& path,
                                                         const port::FlashGeometry& geometry);

  /// Uses an existing one; its size comes from the file. Throws std::system_error when it cannot be opened,
  /// is in use by another process or has an impossible size.
  [[nodiscard]] static std::unique_ptr<FileFlash> open(const std::string& path, std::uint32_t sector_bytes,
                                                       std::uint32_t write_align_bytes);

  /// As open(), but to look only, also while another process uses it: what it writes at that moment may be
  /// read half. Erasing and programming fail.
  [[nodiscard]] static std::unique_ptr<FileFlash> open_read_only(const std::string& path,
                                                                 std::uint32_t sector_bytes,
                                                                 std::uint32_t write_align_bytes);

  /// Whether a process has it open()ed. Throws std::system_error when that cannot be found out.
  [[nodiscard]] static bool in_use(const std::string& path);

  [[nodiscard]] port::FlashGeometry geometry() const override { return geometry_; }
  [[nodiscard]] Status flush() override;

 private:
  FileFlash(UniqueFd fd, const port::FlashGeometry& geometry);

  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override;
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override;
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override;
  [[nodiscard]] Status do_erase(std::uint32_t address, std::uint32_t end) override;
  [[nodiscard]] Status do_compare(std::uint32_t address, Bytes bytes) override;

  /// Reads the range piece by piece and hands each to `check`.
  template <typename Check>
  [[nodiscard]] Status check_pieces(std::uint32_t address, std::size_t size_bytes, Check check);

  UniqueFd fd_;
  port::FlashGeometry geometry_;
  std::vector<std::uint8_t> piece_;  ///< for reading back
};

}  // namespace airlift::posix
