#include "esp_reader.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"

namespace airlift::cli {
namespace {

using image::EspImage;

constexpr std::uint8_t checksum_seed{0xEF};
constexpr std::size_t segment_header_bytes{8};
constexpr std::uint64_t esp8266_application_offset{4096};

/// ESP32 images say in the last byte of their header whether a SHA-256 follows the checksum.
std::uint64_t appended_hash_bytes(Bytes header) {
  constexpr std::size_t hash_appended{23};
  return header.size() > hash_appended && header[hash_appended] == 1 ? 32 : 0;
}

EspPart describe(const EspImage& image, std::uint64_t offset_bytes) {
  EspPart part;
  part.offset_bytes = offset_bytes;
  part.chip = image.chip();
  part.flash_mode = image.flash_mode();
  part.flash_size = image.flash_size();
  part.flash_frequency = image.flash_frequency();
  part.entry = image.entry();
  part.segment_count = image.segment_count();
  return part;
}

}  // namespace

void EspReader::feed(Bytes bytes) {
  while (!bytes.empty() && state_ != State::done) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_bytes_, bytes.size()));
    const Bytes taken = bytes.first(count);
    if (state_ == State::segment_data) {
      for (const std::uint8_t byte : taken) checksum_ ^= byte;
    } else if (state_ != State::gap) {
      kept_.insert(kept_.end(), taken.begin(), taken.end());
    }
    position_ += count;
    left_bytes_ -= count;
    bytes = bytes.subspan(count);
    while (left_bytes_ == 0 && state_ != State::done) end_of_state();
  }
}

void EspReader::enter(State state, std::uint64_t bytes) {
  state_ = state;
  left_bytes_ = bytes;
  kept_.clear();
}

void EspReader::end_of_state() {
  switch (state_) {
    case State::header:
      return end_of_header();
    case State::segment_data:
      return end_of_segment();
    case State::segment_header:
      return begin_segment(load_le32(kept_.data()), load_le32(kept_.data() + 4));
    case State::checksum:
      return end_of_part();
    case State::gap:
      return enter(State::header, esp8266_header_bytes);
    case State::done:
      return;
  }
}

void EspReader::end_of_header() {
  const Bytes header{kept_.data(), kept_.size()};
  const auto image = EspImage::parse(header);
  const auto first = image ? image->segment(0) : std::nullopt;
  if (!first && kept_.size() < esp32_header_bytes) {
    left_bytes_ = esp32_header_bytes - kept_.size();
    return;
  }
  if (!first) return enter(State::done, 0);
  parts_.push_back(describe(*image, position_ - kept_.size()));
  checksum_ = checksum_seed;
  hash_bytes_ = appended_hash_bytes(header);
  begin_segment(first->address, first->size_bytes);
}

void EspReader::begin_segment(std::uint32_t address, std::uint32_t size_bytes) {
  parts_.back().segments.push_back({address, size_bytes, static_cast<std::size_t>(position_)});
  enter(State::segment_data, size_bytes);
}

void EspReader::end_of_segment() {
  const EspPart& part = parts_.back();
  if (part.segments.size() < part.segment_count) return enter(State::segment_header, segment_header_bytes);
  // The checksum is the last byte of a block of 16.
  constexpr std::uint64_t block{16};
  enter(State::checksum, block - (position_ - part.offset_bytes) % block + hash_bytes_);
}

void EspReader::end_of_part() {
  EspPart& part = parts_.back();
  const bool right = kept_[kept_.size() - hash_bytes_ - 1] == checksum_;
  part.end = right ? EspPart::End::whole : EspPart::End::checksum_wrong;
  part.end_bytes = position_;
  const bool application_follows = part.chip == "ESP8266" && position_ <= esp8266_application_offset;
  if (!application_follows) return enter(State::done, 0);
  enter(State::gap, esp8266_application_offset - position_);
}

}  // namespace airlift::cli
