#include "airlift/update/payload_writer.hpp"

#include <algorithm>
#include <cassert>

#include "airlift/codec/gzip.hpp"

namespace airlift::update {

PayloadWriter::PayloadWriter(port::Flash& flash, const Buffers& buffers) : buffers_{buffers}, slot_{flash} {
  [[maybe_unused]] const std::size_t unit = flash.geometry().write_align_bytes;
  assert(!buffers_.block.empty() && buffers_.block.size() % unit == 0);
  assert(buffers_.unpacker == nullptr || buffers_.unpacker->room().size() % unit == 0);
}

void PayloadWriter::begin(const boot::Area& slot, std::uint32_t image_offset_bytes,
                          crypto::DigestKind esp32_digest) {
  slot_.begin(slot, image_offset_bytes);
  compression_ = image::Compression::none;
  payload_bytes_ = image_bytes_ = 0;
  payload_sha256_.start();
  long_digest_ = esp32_digest == crypto::DigestKind::sha256 ? nullptr : buffers_.long_digest;
  if (long_digest_ != nullptr) long_digest_->start(esp32_digest);
  filled_ = 0;
  block_digested_ = input_ended_ = done_ = false;
}

MutableBytes PayloadWriter::room() const {
  return buffers_.block.subspan(block_digested_ ? buffers_.block.size() : filled_);
}

void PayloadWriter::took(std::size_t count) {
  assert(count <= room().size());
  filled_ += count;
}

Status PayloadWriter::step() {
  if (done_ || (filled_ < buffers_.block.size() && !input_ended_)) return {};
  if (!block_digested_) {
    if (const Status digested = digest_block(); !digested.ok()) return digested;
  }
  return compression_ == image::Compression::gzip ? write_unpacked() : write_raw();
}

Status PayloadWriter::digest_block() {
  const Bytes block = buffers_.block.first(filled_);
  if (payload_bytes_ == 0 && codec::is_gzip(block)) {
    if (buffers_.unpacker == nullptr) return UpdateError::gzip_window;
    compression_ = image::Compression::gzip;
    buffers_.unpacker->start();
  }
  payload_sha256_.update(block);
  if (long_digest_ != nullptr) long_digest_->update(block);
  payload_bytes_ += static_cast<std::uint32_t>(block.size());
  block_digested_ = true;
  return {};
}

Status PayloadWriter::write_raw() {
  if (const Status written = write(buffers_.block, filled_); !written.ok()) return written;
  done_ = input_ended_;
  filled_ = 0;
  block_digested_ = false;
  return {};
}

Status PayloadWriter::write_unpacked() {
  const auto input = input_ended_ ? Unpacker::Input::ends : Unpacker::Input::goes_on;
  const Result<Unpacker::Step> step = buffers_.unpacker->unpack(buffers_.block.first(filled_), input);
  if (!step.ok()) return step.error();
  if (step.value().block_used_up) {
    filled_ = 0;
    block_digested_ = false;
  }
  if (const Status written = write(buffers_.unpacker->room(), step.value().count); !written.ok())
    return written;
  done_ = step.value().last;
  return {};
}

/// Pads the last, shorter block to the flash's write unit.
Status PayloadWriter::write(MutableBytes block, std::size_t used) {
  if (used == 0) return {};
  const port::FlashGeometry geometry = slot_.flash().geometry();
  const std::size_t unit = geometry.write_align_bytes;
  const std::size_t padded = (used + unit - 1) / unit * unit;
  std::fill(block.begin() + used, block.begin() + padded, geometry.erased_value);
  image_bytes_ += static_cast<std::uint32_t>(used);
  return slot_.append(block.first(padded));
}

crypto::Sha256Digest PayloadWriter::sha256_with(Bytes more) const {
  crypto::Sha256 digest = payload_sha256_;
  if (!block_digested_) digest.update(buffers_.block.first(filled_));
  return digest.update(more).finish();
}

image::PayloadFacts PayloadWriter::finish() {
  assert(done_);
  image::PayloadFacts facts;
  facts.compression = compression_;
  facts.payload_bytes = payload_bytes_;
  facts.image_bytes = image_bytes_;
  facts.payload_sha256 = facts.image_sha256 = payload_sha256_.finish();
  if (compression_ == image::Compression::gzip) facts.image_sha256 = buffers_.unpacker->image_sha256();
  if (long_digest_ != nullptr) facts.esp32_digest = long_digest_->finish();
  return facts;
}

}  // namespace airlift::update
