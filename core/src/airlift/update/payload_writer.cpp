#include "airlift/update/payload_writer.hpp"

#include <algorithm>
#include <cassert>

namespace airlift::update {

PayloadWriter::PayloadWriter(port::Flash& flash, const Buffers& buffers)
    : buffers_{buffers}, slot_{flash}, gzip_{buffers.gzip_arena, buffers.gzip_window_bits} {
  assert(!buffers_.block.empty() && buffers_.block.size() % flash.geometry().write_align_bytes == 0);
  assert(buffers_.inflated.size() % flash.geometry().write_align_bytes == 0);
}

void PayloadWriter::begin(const boot::Area& slot, std::uint32_t image_offset_bytes,
                          crypto::DigestKind esp32_digest) {
  slot_.begin(slot, image_offset_bytes);
  facts_ = {};
  payload_sha256_.start();
  image_sha256_.start();
  esp32_kind_ = esp32_digest;
  esp32_digest_.start(esp32_digest);
  filled_ = consumed_ = inflated_ = 0;
  block_digested_ = input_ended_ = gzip_ended_ = done_ = false;
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
  return facts_.compression == image::Compression::gzip ? inflate() : write_raw();
}

Status PayloadWriter::digest_block() {
  const Bytes block = buffers_.block.first(filled_);
  if (facts_.payload_bytes == 0 && codec::is_gzip(block)) {
    if (buffers_.inflated.empty()) return UpdateError::gzip_window;
    facts_.compression = image::Compression::gzip;
    gzip_.start();
  }
  payload_sha256_.update(block);
  if (esp32_kind_ != crypto::DigestKind::sha256) esp32_digest_.update(block);
  facts_.payload_bytes += static_cast<std::uint32_t>(block.size());
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

Status PayloadWriter::inflate() {
  Bytes in = buffers_.block.subspan(consumed_, filled_ - consumed_);
  MutableBytes out = buffers_.inflated.subspan(inflated_);
  const Result<codec::GzipReader::Progress> fed = gzip_.feed(in, out);
  if (!fed.ok()) return fed.error();
  consumed_ = filled_ - in.size();
  inflated_ = buffers_.inflated.size() - out.size();
  gzip_ended_ = fed.value() == codec::GzipReader::Progress::end;
  const bool input_used_up = fed.value() != codec::GzipReader::Progress::more_room;
  if (input_used_up && input_ended_ && !gzip_ended_) return UpdateError::gzip_damaged;
  if (input_used_up && !input_ended_) {
    filled_ = consumed_ = 0;
    block_digested_ = false;
  }
  const bool last = gzip_ended_ && input_ended_;
  if (inflated_ < buffers_.inflated.size() && !last) return {};
  image_sha256_.update(buffers_.inflated.first(inflated_));
  if (const Status written = write(buffers_.inflated, inflated_); !written.ok()) return written;
  inflated_ = 0;
  done_ = last;
  return {};
}

/// Pads the last, shorter block to the flash's write unit.
Status PayloadWriter::write(MutableBytes block, std::size_t used) {
  if (used == 0) return {};
  const port::FlashGeometry geometry = slot_.flash().geometry();
  const std::size_t unit = geometry.write_align_bytes;
  const std::size_t padded = (used + unit - 1) / unit * unit;
  std::fill(block.begin() + used, block.begin() + padded, geometry.erased_value);
  facts_.image_bytes += static_cast<std::uint32_t>(used);
  return slot_.append(block.first(padded));
}

crypto::Sha256Digest PayloadWriter::sha256_with(Bytes more) const {
  crypto::Sha256 digest = payload_sha256_;
  if (!block_digested_) digest.update(buffers_.block.first(filled_));
  return digest.update(more).finish();
}

image::PayloadFacts PayloadWriter::finish() {
  assert(done_);
  facts_.payload_sha256 = payload_sha256_.finish();
  facts_.image_sha256 =
      facts_.compression == image::Compression::gzip ? image_sha256_.finish() : facts_.payload_sha256;
  facts_.esp32_digest =
      esp32_kind_ == crypto::DigestKind::sha256 ? Bytes{facts_.payload_sha256} : esp32_digest_.finish();
  return facts_;
}

}  // namespace airlift::update
