// Finding a file in a tar archive: core/src/airlift/codec/ustar.hpp.
// Input: an archive. Checksums are put right first where the header's last byte is 'c', so that mutations get
// past them.

#include "airlift/codec/ustar.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "require.hpp"

using airlift::codec::UstarFinder;
using airlift::fuzz::require;

namespace {

using Block = std::array<std::uint8_t, UstarFinder::block_bytes>;

void put_checksum(Block& block) {
  std::fill_n(block.begin() + 148, 8, std::uint8_t{' '});
  unsigned sum{0};
  for (const std::uint8_t byte : block) sum += byte;
  char text[8]{};
  std::snprintf(text, sizeof text, "%06o", sum);
  std::copy_n(text, sizeof text, block.begin() + 148);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto archive_bytes = static_cast<std::uint32_t>(size);
  UstarFinder finder{"env.json", archive_bytes};
  std::uint32_t last{0};
  bool first{true};
  while (finder.state() == UstarFinder::State::searching) {
    const std::uint32_t at = finder.next_offset();
    require(first || at > last, "it goes on");
    require(at <= size && size - at >= UstarFinder::block_bytes, "the next header lies within");
    first = false;
    last = at;
    Block block{};
    std::copy_n(data + at, block.size(), block.begin());
    if (block.back() == 'c') put_checksum(block);
    finder.feed(block);
  }
  if (finder.state() != UstarFinder::State::found) return 0;
  require(finder.offset() <= size && finder.size_bytes() <= size - finder.offset(), "the file lies within");
  return 0;
}
