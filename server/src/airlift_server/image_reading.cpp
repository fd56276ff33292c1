#include "airlift_server/image_reading.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>

#include "airlift/codec/gzip.hpp"
#include "airlift/codec/text.hpp"
#include "airlift/image/trailer.hpp"
#include "airlift_server/conditional.hpp"
#include "airlift_server/folder.hpp"
#include "airlift_server/layout.hpp"

namespace airlift::server {
namespace {

constexpr std::size_t piece_bytes{65536};

/// Both digests of a stream of bytes, and its ends.
class Digester {
 public:
  void feed(Bytes bytes) {
    sha256_.update(bytes);
    md5_.update(bytes);
    if (start_.size() < start_bytes) {
      const Bytes first = bytes.first(std::min(bytes.size(), start_bytes - start_.size()));
      start_.insert(start_.end(), first.begin(), first.end());
    }
    const Bytes last = bytes.subspan(bytes.size() - std::min(bytes.size(), end_bytes));
    end_.insert(end_.end(), last.begin(), last.end());
    end_.erase(end_.begin(), end_.end() - static_cast<std::ptrdiff_t>(std::min(end_.size(), end_bytes)));
    size_bytes_ += bytes.size();
  }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] Digests finish() { return {sha256_.finish(), md5_.finish()}; }

  /// ESP-IDF's esp_image_format.h, esp_image_header_t: magic first, hash_appended at 23. The digest then is
  /// the image's end, and what esp_partition_get_sha256() gives for a running application.
  [[nodiscard]] std::optional<crypto::Sha256Digest> esp32_digest() const {
    constexpr std::uint8_t magic{0xE9};
    if (start_.size() < start_bytes || start_.front() != magic || start_.back() != 1) return std::nullopt;
    if (end_.size() < end_bytes) return std::nullopt;
    crypto::Sha256Digest digest{};
    std::copy(end_.begin(), end_.end(), digest.begin());
    return digest;
  }

 private:
  static constexpr std::size_t start_bytes{24};
  static constexpr std::size_t end_bytes{sizeof(crypto::Sha256Digest)};

  crypto::Sha256 sha256_;
  crypto::Md5 md5_;
  std::uint64_t size_bytes_{0};
  std::vector<std::uint8_t> start_;
  std::vector<std::uint8_t> end_;
};

/// Unpacks into a Digester, as far as longest_image_bytes.
class Unpacker {
 public:
  Unpacker() { reader_.start(); }

  void feed(Bytes bytes) {
    while (going_on_) {
      MutableBytes room{room_.data(), room_.size()};
      const auto progress = reader_.feed(bytes, room);
      unpacked_.feed(Bytes{room_.data(), room_.size() - room.size()});
      whole_ = progress.ok() && progress.value() == codec::GzipReader::Progress::end;
      going_on_ = progress.ok() && !whole_ && unpacked_.size_bytes() <= longest_image_bytes;
      if (progress.ok() && progress.value() == codec::GzipReader::Progress::more_input) return;
    }
    if (!bytes.empty()) whole_ = false;
  }
  /// It was gzip, to its end.
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] Digester& unpacked() { return unpacked_; }

 private:
  std::vector<std::uint8_t> arena_ = std::vector<std::uint8_t>(codec::gzip_arena_bytes());
  std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(piece_bytes);
  codec::GzipReader reader_{{arena_.data(), arena_.size()}};
  Digester unpacked_;
  bool going_on_{true};
  bool whole_{false};
};

/// Hands bytes from `begin` to `end` to `take`. False: there are less.
bool read_pieces(int fd, std::uint64_t begin, std::uint64_t end, const std::function<void(Bytes)>& take) {
  std::vector<std::uint8_t> piece(piece_bytes);
  while (begin < end) {
    const std::size_t wanted = std::min<std::uint64_t>(piece.size(), end - begin);
    const ssize_t count = pread(fd, piece.data(), wanted, static_cast<off_t>(begin));
    if (count <= 0) return false;
    take({piece.data(), static_cast<std::size_t>(count)});
    begin += static_cast<std::uint64_t>(count);
  }
  return true;
}

image::Kind kind_by_name(std::string_view path) {
  constexpr std::array filesystem_names{"filesystem", ".littlefs.", ".mklittlefs.", ".spiffs."};
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const bool filesystem = std::any_of(filesystem_names.begin(), filesystem_names.end(),
                                      [name](const char* each) { return name.find(each) != name.npos; });
  return filesystem ? image::Kind::filesystem : image::Kind::firmware;
}

StoredFile stored(const std::string& path, const FileMark& mark, const Digests& digests,
                  std::string_view etag_suffix) {
  constexpr std::size_t etag_digits{32};
  const auto hex = codec::to_hex(digests.sha256);
  return {path, mark, digests, fmt::format("\"{}{}\"", codec::view(hex).substr(0, etag_digits), etag_suffix),
          http_date(mark.modified_s())};
}

/// All that is in the file.
struct Survey {
  Digester file;  ///< fed only when there is more in it than payload
  Digester payload;
  std::unique_ptr<Unpacker> unpacker;

  void take_payload(Bytes bytes) {
    if (payload.size_bytes() == 0 && codec::is_gzip(bytes)) unpacker = std::make_unique<Unpacker>();
    payload.feed(bytes);
    if (unpacker) unpacker->feed(bytes);
  }

  /// False: the file has become shorter.
  [[nodiscard]] bool run(int fd, std::uint64_t file_bytes, std::uint64_t payload_bytes) {
    return read_pieces(fd, 0, file_bytes, [&](Bytes bytes) {
      const std::uint64_t wanted = payload_bytes - payload.size_bytes();
      if (wanted > 0) take_payload(bytes.first(std::min<std::uint64_t>(bytes.size(), wanted)));
      if (payload_bytes != file_bytes) file.feed(bytes);
    });
  }
};

/// The end of the file, and what stands there; nothing when it is damaged.
struct Tail {
  std::vector<std::uint8_t> bytes;
  std::size_t trailer_bytes{0};
  std::optional<image::Manifest> manifest;
  bool damaged{false};
};

Tail read_tail(int fd, std::uint64_t file_bytes) {
  Tail tail;
  const std::uint64_t begin = file_bytes - std::min<std::uint64_t>(file_bytes, image::longest_trailer_bytes);
  const bool whole = read_pieces(fd, begin, file_bytes, [&](Bytes bytes) {
    tail.bytes.insert(tail.bytes.end(), bytes.begin(), bytes.end());
  });
  const auto trailer = image::find_trailer({tail.bytes.data(), tail.bytes.size()}, file_bytes, {});
  tail.damaged = !whole || !trailer.ok();
  if (tail.damaged || trailer.value().format != image::Trailer::Format::airlift) return tail;
  tail.trailer_bytes = trailer.value().size_bytes;
  const auto manifest = image::decode_manifest(trailer.value().manifest);
  tail.damaged = !manifest.ok();
  if (manifest.ok()) tail.manifest = manifest.value();
  return tail;
}

bool fits(const image::Manifest& manifest, const Image& image, std::uint64_t payload_bytes) {
  return manifest.payload_bytes == payload_bytes && manifest.payload_sha256 == image.payload.sha256 &&
         manifest.image_sha256 == image.image.sha256;
}

}  // namespace

Reading read_image(int fd, const std::string& path, const FileMark& mark, std::uint64_t longest) {
  if (mark.size_bytes > longest) return {nullptr, "it is larger than 256 MiB"};
  const Tail tail = read_tail(fd, mark.size_bytes);
  const std::uint64_t payload_bytes = mark.size_bytes - tail.trailer_bytes;
  Survey survey;
  if (!survey.run(fd, mark.size_bytes, payload_bytes) || mark_of(fd) != mark) {
    return {nullptr, "it changed while it was read"};
  }
  const auto image = std::make_shared<Image>();
  image->payload = survey.payload.finish();
  image->file = stored(path, mark, tail.trailer_bytes > 0 ? survey.file.finish() : image->payload, "");
  const bool unpacked = survey.unpacker && survey.unpacker->whole();
  image->image = unpacked ? survey.unpacker->unpacked().finish() : image->payload;
  image->esp32_digest = (unpacked ? survey.unpacker->unpacked() : survey.payload).esp32_digest();
  image->kind = tail.manifest ? tail.manifest->kind : kind_by_name(path);
  image->current = path.ends_with(fmt::format("/{}", current_name(image->kind)));
  image->manifest = tail.manifest;
  image->md5_text = codec::view(codec::to_hex(image->file.digests.md5));
  image->sha256_text = codec::view(codec::to_hex(image->file.digests.sha256));
  if (mark.size_bytes == 0) return {image, "it is empty"};
  if (tail.damaged) return {image, "its manifest is damaged"};
  if (tail.manifest && !fits(*tail.manifest, *image, payload_bytes))
    return {image, "its manifest is not that of its content"};
  return {image, {}};
}

std::shared_ptr<const StoredFile> read_gzip_sibling(int fd, const std::string& path, const FileMark& mark,
                                                    const crypto::Sha256Digest& unpacked_sha256) {
  if (mark.size_bytes > longest_image_bytes) return nullptr;
  Survey survey;
  if (!survey.run(fd, mark.size_bytes, mark.size_bytes) || mark_of(fd) != mark || !survey.unpacker ||
      !survey.unpacker->whole() || survey.unpacker->unpacked().finish().sha256 != unpacked_sha256) {
    return nullptr;
  }
  return std::make_shared<StoredFile>(stored(path, mark, survey.payload.finish(), "-gzip"));
}

}  // namespace airlift::server
