#include "port/config_image.hpp"

#include <algorithm>

#include "airlift/codec/ustar.hpp"
#include "airlift/element/secret_setting.hpp"
#include "port/config_reader.hpp"

namespace airlift::firmware {
namespace {

/// Where in the file the keys of secret values stand, each behind its quote.
class SecretKeys final : public ConfigVisitor {
 public:
  explicit SecretKeys(const char* text) : text_{text} {}

  void take(const ConfigValue& value) override {
    if (!element::is_secret(value.type, value.property, value.value)) return;
    if (count_ == at_.size()) too_many_ = true;
    if (!too_many_) at_[count_++] = static_cast<std::size_t>(value.property.data() - text_);
  }
  [[nodiscard]] Span<const std::size_t> places() const { return Span<const std::size_t>{at_}.first(count_); }
  /// More than can be hidden.
  [[nodiscard]] bool too_many() const { return too_many_; }

 private:
  const char* text_;
  std::array<std::size_t, 16> at_{};
  std::size_t count_{0};
  bool too_many_{false};
};

/// What of a longer text lies in a window that begins at `offset`.
class Window {
 public:
  Window(std::size_t offset, MutableBytes into) : skip_{offset}, into_{into} {}

  void append(std::string_view piece) {
    const std::size_t skipped = std::min(skip_, piece.size());
    skip_ -= skipped;
    piece = piece.substr(skipped).substr(0, into_.size() - count_);
    std::copy(piece.begin(), piece.end(), into_.begin() + count_);
    count_ += piece.size();
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  std::size_t skip_;
  MutableBytes into_;
  std::size_t count_{0};
};

/// Appends `text` with the values of these keys hidden.
void append_hidden(Window& window, std::string_view text, Span<const std::size_t> keys) {
  std::size_t done{0};
  for (const std::size_t key : keys) {
    const std::size_t colon = text.find(':', element::end_of_json_value(text, key - 1));
    const std::size_t value = text.find_first_not_of(" \t\r\n", colon + 1);
    window.append(text.substr(done, value - done));
    window.append("\"");
    window.append(element::hidden_secret);
    window.append("\"");
    done = element::end_of_json_value(text, value);
  }
  window.append(text.substr(done));
}

}  // namespace

Result<ConfigImage::Place> ConfigImage::find_in_archive(std::string_view name) {
  codec::UstarFinder finder{name, archive_.size_bytes};
  while (finder.state() == codec::UstarFinder::State::searching) {
    std::array<std::uint8_t, codec::UstarFinder::block_bytes> header{};
    if (const Status read = flash_.read(archive_.address + finder.next_offset(), header); !read.ok()) {
      return read.error();
    }
    finder.feed(header);
  }
  if (finder.state() == codec::UstarFinder::State::damaged) return UpdateError::bad_configuration;
  if (finder.state() == codec::UstarFinder::State::missing) return UpdateError::file_unreadable;
  return Place{{archive_.address + finder.offset(), finder.size_bytes()}, {}};
}

Result<ConfigImage::Place> ConfigImage::find(std::size_t index) {
  Result<Place> found{UpdateError::file_unreadable};
  if (archive_.size_bytes > 0) found = find_in_archive(config_file_names[index]);
  // A board must not be out of reach because a file was forgotten.
  const bool replaced = index == 0 && found.error() == UpdateError::file_unreadable;
  return replaced ? Result<Place>{Place{{}, built_in_}} : found;
}

Result<Span<char>> ConfigImage::load(std::size_t index) {
  const Result<Place> found = find(index);
  if (!found.ok()) return found.error();
  const Place& place = found.value();
  const std::size_t size = place.size_bytes();
  if (size > longest_file_bytes) return UpdateError::bad_configuration;
  if (place.built_in.empty()) {
    const MutableBytes bytes{reinterpret_cast<std::uint8_t*>(text_.data()), size};
    if (const Status read = flash_.read(place.area.address, bytes); !read.ok()) return read.error();
  } else {
    place.built_in.copy(text_.data(), size);
  }
  text_[size] = '\0';
  return Span<char>{text_.data(), size + 1};
}

std::optional<port::ConfigStore::File> ConfigImage::file(std::size_t index) {
  if (index >= config_file_names.size()) return std::nullopt;
  const Result<Place> found = find(index);
  const std::size_t size = found.ok() ? found.value().size_bytes() : 0;
  return File{config_file_names[index], found.ok(), static_cast<std::uint32_t>(size)};
}

Result<std::size_t> ConfigImage::read(std::string_view name, std::uint32_t offset, MutableBytes into) {
  const auto* const known = std::find(config_file_names.begin(), config_file_names.end(), name);
  if (known == config_file_names.end()) return UpdateError::file_unreadable;
  const auto index = static_cast<std::size_t>(known - config_file_names.begin());
  const Result<Span<char>> text = load(index);
  if (!text.ok()) return UpdateError::file_unreadable;
  SecretKeys secrets{text.value().data()};
  if (!parse_config(text.value(), secrets).status.ok() || secrets.too_many()) {
    return UpdateError::file_unreadable;
  }
  // Reading has spoilt it.
  const Result<Span<char>> again = load(index);
  if (!again.ok()) return UpdateError::file_unreadable;
  Window window{offset, into};
  append_hidden(window, {again.value().data(), again.value().size() - 1}, secrets.places());
  return window.count();
}

}  // namespace airlift::firmware
