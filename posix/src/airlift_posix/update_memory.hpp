#pragma once
// What an Updater works with on Linux, where memory is cheap: large blocks mean few calls to the file.

#include <vector>

#include "airlift/element/file_intake.hpp"
#include "airlift/update/gzip_unpacker.hpp"
#include "airlift/update/updater.hpp"

namespace airlift::posix {

class UpdateMemory {
 public:
  UpdateMemory()
      : block_(block_bytes),
        inflated_(block_bytes),
        gzip_arena_(codec::gzip_arena_bytes()),
        transfer_memory_(element::transfer_memory_bytes) {}

  /// Good as long as this object lives.
  [[nodiscard]] update::Buffers buffers() {
    return {{block_.data(), block_.size()}, &unpacker_, &long_digest_};
  }
  /// For unpacking what is compressed on its way only.
  [[nodiscard]] MutableBytes transfer_memory() { return {transfer_memory_.data(), transfer_memory_.size()}; }
  /// For reading images while no update runs.
  [[nodiscard]] MutableBytes block() { return {block_.data(), block_.size()}; }

 private:
  static constexpr std::size_t block_bytes{64 * 1024};

  std::vector<std::uint8_t> block_;
  std::vector<std::uint8_t> inflated_;
  std::vector<std::uint8_t> gzip_arena_;
  update::GzipUnpacker unpacker_{{inflated_.data(), inflated_.size()},
                                 {gzip_arena_.data(), gzip_arena_.size()}};
  crypto::Sha2 long_digest_{crypto::DigestKind::sha512};
  std::vector<std::uint8_t> transfer_memory_;
};

}  // namespace airlift::posix
