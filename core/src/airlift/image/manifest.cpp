#include "airlift/image/manifest.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/codec/text.hpp"

namespace airlift::image {
namespace {

constexpr std::string_view magic{"ALMF"};
constexpr std::uint8_t format_version{1};

/// Offsets of the fixed part.
enum At : std::size_t {
  at_format = 4,
  at_kind = 5,
  at_compression = 6,
  at_board_count = 7,
  at_payload_bytes = 8,
  at_image_bytes = 12,
  at_payload_sha256 = 16,
  at_image_sha256 = 48,
  at_counter = 80,
  at_build_time = 84,
  at_bundle = 92,
  fixed_bytes = 100,
};

/// Cuts the parts of variable size off the front. After the first that is not whole, nothing is left to read
/// and whole() is false.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_{bytes} {}

  std::size_t count(std::size_t most) {
    const Bytes byte = take(1);
    whole_ = whole_ && byte[0] <= most;
    return whole_ ? byte[0] : 0;
  }
  ManifestText text() { return as_text(take(count(longest_manifest_text))); }
  crypto::KeyId key_id() {
    crypto::KeyId id{};
    const Bytes bytes = take(id.size());
    std::copy(bytes.begin(), bytes.end(), id.begin());
    return id;
  }
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  Bytes take(std::size_t size) {
    if (size > rest_.size()) whole_ = false;
    if (!whole_) return {};
    const Bytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  Bytes rest_;
  bool whole_{true};
};

/// Appends; the caller has made sure that it fits.
class Writer {
 public:
  explicit Writer(MutableBytes into) : rest_{into} {}

  void bytes(Bytes bytes) {
    std::copy(bytes.begin(), bytes.end(), rest_.begin());
    rest_ = rest_.subspan(bytes.size());
  }
  void byte(std::size_t value) {
    rest_[0] = static_cast<std::uint8_t>(value);
    rest_ = rest_.subspan(1);
  }
  void text(std::string_view text) {
    byte(text.size());
    bytes(as_bytes(text));
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  MutableBytes rest_;
};

bool is_valid(const ManifestText& text) {
  return !text.truncated() && codec::all_printable(text);
}

template <typename T, typename Less>
bool strictly_ascending(Span<const T> items, Less less) {
  const auto not_less = [less](const T& a, const T& b) { return !less(a, b); };
  return std::adjacent_find(items.begin(), items.end(), not_less) == items.end();
}

bool are_valid(Span<const ManifestText> boards) {
  const auto good = [](const ManifestText& board) { return !board.empty() && is_valid(board); };
  return std::all_of(boards.begin(), boards.end(), good) &&
         strictly_ascending(boards, [](const auto& a, const auto& b) { return a.view() < b.view(); });
}

/// The rules that make the encoding of a manifest the only one.
bool is_valid(const Manifest& manifest) {
  if (manifest.board_count > most_boards || manifest.retired_count > most_retired_keys) return false;
  if (manifest.payload_bytes == 0 || manifest.image_bytes == 0) return false;
  if (manifest.compression == Compression::none &&
      (manifest.payload_bytes != manifest.image_bytes || manifest.payload_sha256 != manifest.image_sha256)) {
    return false;
  }
  return !manifest.version.empty() && is_valid(manifest.version) && is_valid(manifest.minimum_version) &&
         are_valid(manifest.boards()) &&
         strictly_ascending(manifest.retired_keys(), [](const auto& a, const auto& b) { return a < b; });
}

}  // namespace

Result<Manifest> decode_manifest(Bytes bytes) {
  if (bytes.size() <= fixed_bytes || as_text(bytes.first(magic.size())) != magic ||
      bytes[at_format] != format_version || bytes[at_kind] >= kinds || bytes[at_compression] > 1 ||
      bytes[at_board_count] > most_boards) {
    return UpdateError::manifest_damaged;
  }
  Manifest manifest;
  manifest.kind = static_cast<Kind>(bytes[at_kind]);
  manifest.compression = static_cast<Compression>(bytes[at_compression]);
  manifest.board_count = bytes[at_board_count];
  manifest.payload_bytes = load_le32(bytes.data() + at_payload_bytes);
  manifest.image_bytes = load_le32(bytes.data() + at_image_bytes);
  std::copy_n(bytes.data() + at_payload_sha256, manifest.payload_sha256.size(),
              manifest.payload_sha256.begin());
  std::copy_n(bytes.data() + at_image_sha256, manifest.image_sha256.size(), manifest.image_sha256.begin());
  manifest.security_counter = load_le32(bytes.data() + at_counter);
  manifest.build_time_s = load_le64(bytes.data() + at_build_time);
  manifest.bundle_id = load_le64(bytes.data() + at_bundle);

  Reader reader{bytes.subspan(fixed_bytes)};
  manifest.version = reader.text();
  manifest.minimum_version = reader.text();
  for (std::size_t i = 0; i < manifest.board_count; ++i) manifest.board_ids[i] = reader.text();
  manifest.retired_count = reader.count(most_retired_keys);
  for (std::size_t i = 0; i < manifest.retired_count; ++i) manifest.retired_key_ids[i] = reader.key_id();

  if (!reader.whole() || !reader.at_end() || !is_valid(manifest)) return UpdateError::manifest_damaged;
  return manifest;
}

std::size_t encode_manifest(const Manifest& manifest, MutableBytes into) {
  assert(into.size() >= longest_manifest_bytes);
  if (!is_valid(manifest)) return 0;
  std::array<std::uint8_t, fixed_bytes> fixed{};
  magic.copy(reinterpret_cast<char*>(fixed.data()), magic.size());
  fixed[at_format] = format_version;
  fixed[at_kind] = static_cast<std::uint8_t>(manifest.kind);
  fixed[at_compression] = static_cast<std::uint8_t>(manifest.compression);
  fixed[at_board_count] = static_cast<std::uint8_t>(manifest.board_count);
  store_le32(fixed.data() + at_payload_bytes, manifest.payload_bytes);
  store_le32(fixed.data() + at_image_bytes, manifest.image_bytes);
  std::copy(manifest.payload_sha256.begin(), manifest.payload_sha256.end(),
            fixed.begin() + at_payload_sha256);
  std::copy(manifest.image_sha256.begin(), manifest.image_sha256.end(), fixed.begin() + at_image_sha256);
  store_le32(fixed.data() + at_counter, manifest.security_counter);
  store_le64(fixed.data() + at_build_time, manifest.build_time_s);
  store_le64(fixed.data() + at_bundle, manifest.bundle_id);

  Writer writer{into};
  writer.bytes(fixed);
  writer.text(manifest.version);
  writer.text(manifest.minimum_version);
  for (const ManifestText& board : manifest.boards()) writer.text(board);
  writer.byte(manifest.retired_count);
  for (const crypto::KeyId& key : manifest.retired_keys()) writer.bytes(key);
  return into.size() - writer.left();
}

}  // namespace airlift::image
