#include "airlift_server/image_facts.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "airlift/image/trailer.hpp"
#include "airlift/image/version.hpp"

namespace airlift::server {
namespace {

/// Fills `into` from `offset` on; false, with errno, when there is not so much.
bool read_at(int fd, std::uint64_t offset, MutableBytes into) {
  while (!into.empty()) {
    const ssize_t count = pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) errno = 0;
    if (count <= 0) return false;
    into = into.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return true;
}

std::optional<image::Manifest> manifest_in(Bytes tail, std::uint64_t file_bytes) {
  const auto trailer = image::find_trailer(tail, file_bytes, {});
  if (!trailer.ok() || trailer.value().format != image::Trailer::Format::airlift) return {};
  const auto manifest = image::decode_manifest(trailer.value().manifest);
  return manifest.ok() ? std::optional{manifest.value()} : std::nullopt;
}

}  // namespace

Result<ImageFacts> read_facts(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return UpdateError::file_unreadable;
  ImageFacts facts;
  facts.size_bytes = static_cast<std::uint64_t>(info.st_size);
  facts.file_time_s = info.st_mtime;
  crypto::Sha256 sha256;
  std::vector<std::uint8_t> buffer(std::size_t{64} * 1024);
  for (std::uint64_t offset{0}; offset < facts.size_bytes;) {
    const auto size = std::min<std::uint64_t>(buffer.size(), facts.size_bytes - offset);
    const MutableBytes piece{buffer.data(), size};
    if (!read_at(fd, offset, piece)) return UpdateError::file_unreadable;
    sha256.update(piece);
    offset += size;
  }
  facts.sha256 = sha256.finish();
  const MutableBytes tail{buffer.data(),
                          std::min<std::uint64_t>(image::longest_trailer_bytes, facts.size_bytes)};
  if (!read_at(fd, facts.size_bytes - tail.size(), tail)) return UpdateError::file_unreadable;
  facts.manifest = manifest_in(tail, facts.size_bytes);
  return facts;
}

bool is_newer(const ImageFacts& a, const ImageFacts& b) {
  if (a.manifest.has_value() != b.manifest.has_value()) return a.manifest.has_value();
  if (a.manifest) {
    const int order = image::compare_versions(a.version(), b.version());
    if (order != 0) return order > 0;
    if (a.manifest->build_time_s != b.manifest->build_time_s)
      return a.manifest->build_time_s > b.manifest->build_time_s;
  }
  return a.file_time_s > b.file_time_s;
}

}  // namespace airlift::server
