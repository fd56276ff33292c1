#include "airlift/codec/ustar.hpp"

#include <algorithm>
#include <optional>

namespace airlift::codec {
namespace {

using Header = std::array<std::uint8_t, UstarFinder::block_bytes>;

std::string_view field(const Header& header, std::size_t at, std::size_t size) {
  const std::string_view text = as_text(Bytes{header}.subspan(at, size));
  return text.substr(0, text.find('\0'));
}

/// Octal digits, which blanks may surround. Nothing for anything else, GNU's numbers in base 256 included.
std::optional<std::uint32_t> octal(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(' ') + 1 - first);
  std::uint64_t value{0};
  for (const char digit : text) {
    if (digit < '0' || digit > '7' || value > 0xFFFFFFFF) return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return value <= 0xFFFFFFFF ? std::optional{static_cast<std::uint32_t>(value)} : std::nullopt;
}

/// The sum of all bytes, the checksum's own taken as blanks.
bool checksum_is_right(const Header& header) {
  constexpr std::size_t at{148};
  constexpr std::size_t size{8};
  std::uint32_t sum{size * ' '};
  for (std::size_t i = 0; i < header.size(); ++i) sum += i < at || i >= at + size ? header[i] : 0U;
  return octal(field(header, at, size)) == sum;
}

std::string_view without_dot(std::string_view name) {
  return name.substr(0, 2) == "./" ? name.substr(2) : name;
}

bool is_file_of_name(const Header& header, std::string_view name) {
  constexpr std::string_view posix_magic{"ustar\0", 6};
  constexpr std::size_t prefix_at{345};
  const bool in_folder = as_text(Bytes{header}.subspan(257, 6)) == posix_magic && header[prefix_at] != 0;
  const bool regular = header[156] == '0' || header[156] == 0;
  return regular && !in_folder && without_dot(field(header, 0, 100)) == name;
}

}  // namespace

UstarFinder::UstarFinder(std::string_view name, std::uint32_t archive_bytes)
    : name_{without_dot(name)}, archive_bytes_{archive_bytes} {
  look_at(0);
}

/// Two blocks of zeros end an archive; one is as clear. An archive that just ends has lost something.
void UstarFinder::look_at(std::uint32_t offset) {
  next_ = offset;
  if (offset > archive_bytes_ || archive_bytes_ - offset < block_bytes) state_ = State::damaged;
}

void UstarFinder::feed(const Header& header) {
  if (state_ != State::searching) return;
  if (std::all_of(header.begin(), header.end(), [](std::uint8_t byte) { return byte == 0; })) {
    state_ = State::missing;
    return;
  }
  const std::optional<std::uint32_t> size = octal(field(header, 124, 12));
  const std::uint32_t content = next_ + block_bytes;
  if (!checksum_is_right(header) || field(header, 257, 5) != "ustar" || !size ||
      *size > archive_bytes_ - content) {
    state_ = State::damaged;
    return;
  }
  if (is_file_of_name(header, name_)) {
    state_ = State::found;
    offset_ = content;
    size_bytes_ = *size;
    return;
  }
  const std::uint64_t blocks = (std::uint64_t{*size} + block_bytes - 1) / block_bytes;
  const std::uint64_t behind = content + blocks * block_bytes;
  look_at(static_cast<std::uint32_t>(std::min<std::uint64_t>(behind, archive_bytes_)));
}

}  // namespace airlift::codec
