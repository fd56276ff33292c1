// What the device unpacks: airlift/codec/gzip.hpp. The first byte of the input says how it is cut.

#include <algorithm>
#include <optional>
#include <vector>

#include "airlift/codec/gzip.hpp"
#include "require.hpp"

using airlift::Bytes;
using airlift::MutableBytes;
using airlift::Result;
using airlift::UpdateError;
using airlift::codec::GzipReader;
using airlift::fuzz::require;
using Progress = GzipReader::Progress;

namespace {

constexpr std::size_t most_image_bytes{1 << 18};

struct Unpacked {
  std::vector<std::uint8_t> image;
  UpdateError error{UpdateError::none};
  bool ended{false};
  bool operator==(const Unpacked&) const = default;
};

Unpacked unpack(Bytes gzip, int window_bits, std::size_t in_piece, std::size_t room_piece) {
  std::vector<std::uint8_t> arena(airlift::codec::gzip_arena_bytes(window_bits));
  GzipReader reader{{arena.data(), arena.size()}, window_bits};
  reader.start();
  Unpacked unpacked;
  std::vector<std::uint8_t> room(room_piece);  // on the heap, so that a sanitizer sees a byte too many
  while (unpacked.image.size() < most_image_bytes) {
    Bytes in = gzip.first(std::min(in_piece, gzip.size()));
    MutableBytes out{room.data(), std::min(room.size(), most_image_bytes - unpacked.image.size())};
    const std::size_t offered = in.size();
    const std::size_t wanted = out.size();
    const Result<Progress> progress = reader.feed(in, out);
    require(in.size() <= offered && out.size() <= wanted, "only what was given is used");
    const std::size_t filled = wanted - out.size();
    unpacked.image.insert(unpacked.image.end(), room.data(), room.data() + filled);
    gzip = gzip.subspan(offered - in.size());
    unpacked.error = progress.error();
    unpacked.ended = progress.ok() && progress.value() == Progress::end;
    if (!progress.ok()) return unpacked;
    if (progress.value() == Progress::more_input) require(in.empty() && !out.empty(), "it wants input only");
    if (progress.value() == Progress::more_room) require(out.empty(), "it wants room only when that is full");
    if (gzip.empty() && progress.value() != Progress::more_room) return unpacked;
    require(filled > 0 || in.size() < offered, "it gets on");
  }
  return unpacked;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned cuts = data[0];
  const Bytes gzip{data + 1, size - 1};
  constexpr std::size_t piece_bytes[]{1, 3, 64, 1460};
  const Unpacked whole = unpack(gzip, 15, std::max<std::size_t>(gzip.size(), 1), most_image_bytes);
  const Unpacked cut = unpack(gzip, 15, piece_bytes[cuts & 3], piece_bytes[cuts >> 2 & 3]);
  require(cut == whole, "the cuts change nothing");
  require(!whole.ended || airlift::codec::is_gzip(gzip), "an image comes from gzip only");

  const Unpacked narrow = unpack(gzip, 9 + static_cast<int>(cuts >> 4 & 3), 1460, 64);
  const std::size_t alike = std::min(narrow.image.size(), whole.image.size());
  require(std::equal(narrow.image.begin(), narrow.image.begin() + static_cast<std::ptrdiff_t>(alike),
                     whole.image.begin()),
          "a smaller window gives the same image, as far as it gets");
  require(narrow.error == UpdateError::gzip_window || narrow.error == whole.error,
          "or says that it is too small");
  return 0;
}
