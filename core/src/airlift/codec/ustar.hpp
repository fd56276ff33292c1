#pragma once
// Finds a file in a tar archive: POSIX ustar (IEEE Std 1003.1, pax, "ustar Interchange Format") and GNU tar's
// like it. Byte-fed: it is handed header after header, wherever the archive lies.

#include <array>
#include <string_view>

#include "airlift/base/span.hpp"

namespace airlift::codec {

class UstarFinder {
 public:
  static constexpr std::uint32_t block_bytes{512};

  enum class State : std::uint8_t {
    searching,  ///< wants the header at next_offset(); feed() ends it
    found,      ///< final: offset() and size_bytes() tell
    missing,    ///< final: no such file
    damaged,    ///< final: this is no archive, or it ends too early
  };

  /// `name` lives as long as the finder; `archive_bytes` is the size of all. Of a name that begins with `./`
  /// the archive's names need not have that.
  UstarFinder(std::string_view name, std::uint32_t archive_bytes);

  [[nodiscard]] State state() const { return state_; }
  /// In `searching`: where in the archive the block begins that feed() wants. All of it lies within.
  [[nodiscard]] std::uint32_t next_offset() const { return next_; }
  /// Takes that block.
  void feed(const std::array<std::uint8_t, block_bytes>& header);

  /// In `found`: where in the archive the file's bytes are; all of them lie within.
  [[nodiscard]] std::uint32_t offset() const { return offset_; }
  [[nodiscard]] std::uint32_t size_bytes() const { return size_bytes_; }

 private:
  void look_at(std::uint32_t offset);

  std::string_view name_;
  std::uint32_t archive_bytes_;
  State state_{State::searching};
  std::uint32_t next_{0};
  std::uint32_t offset_{0};
  std::uint32_t size_bytes_{0};
};

}  // namespace airlift::codec
