#include "airlift/update/updater.hpp"

#include <algorithm>

namespace airlift::update {

Updater::Updater(boot::SlotStore& store, MutableBytes sector_buffer) : store_{store}, buffer_{sector_buffer} {
  assert(buffer_.size() == store_.flash().geometry().sector_bytes);
}

Status Updater::check(image::Kind kind, std::uint32_t size_bytes) const {
  if (size_bytes == 0) return UpdateError::bad_size;
  return size_bytes <= store_.slot_bytes(kind) ? Status{} : Status{UpdateError::no_space};
}

Status Updater::begin(const Announcement& announcement) {
  phase_ = Phase::idle;
  if (const Status fits = check(announcement.kind, announcement.size_bytes); !fits.ok()) return fits;
  announcement_ = announcement;
  area_ = store_.area(announcement.kind, store_.inactive(announcement.kind));
  error_ = UpdateError::none;
  buffered_bytes_ = 0;
  received_bytes_ = written_bytes_ = verified_bytes_ = 0;
  md5_.start();
  received_sha256_.start();
  stored_sha256_.start();
  phase_ = Phase::receiving;
  return {};
}

MutableBytes Updater::room() const {
  if (phase_ != Phase::receiving) return {};
  const std::size_t left_in_image = announcement_.size_bytes - received_bytes_;
  return buffer_.subspan(buffered_bytes_, std::min(buffer_.size() - buffered_bytes_, left_in_image));
}

void Updater::took(std::size_t count) {
  assert(count <= room().size());
  const Bytes bytes = room().first(count);
  md5_.update(bytes);
  received_sha256_.update(bytes);
  buffered_bytes_ += count;
  received_bytes_ += static_cast<std::uint32_t>(count);
  if (received_bytes_ == announcement_.size_bytes) enter(Phase::writing_rest);
}

void Updater::enter(Phase phase) {
  phase_ = phase;
}

void Updater::fail(UpdateError error) {
  error_ = error;
  enter(Phase::failed);
}

void Updater::step() {
  switch (phase_) {
    case Phase::receiving:
      if (buffered_bytes_ == buffer_.size()) write_sector();
      return;
    case Phase::writing_rest:
      write_sector();
      if (phase_ == Phase::writing_rest) check_digest();
      return;
    case Phase::verifying:
      verify_sector();
      return;
    case Phase::committing:
      commit();
      return;
    case Phase::idle:
    case Phase::done:
    case Phase::failed:
      return;
  }
}

void Updater::write_sector() {
  std::fill(buffer_.begin() + buffered_bytes_, buffer_.end(), port::Flash::erased_value);
  const std::uint32_t address = area_.address + written_bytes_;
  if (const Status erased = store_.flash().erase_sector(address); !erased.ok()) return fail(erased.error());
  if (const Status written = store_.flash().program(address, buffer_); !written.ok())
    return fail(written.error());
  written_bytes_ += static_cast<std::uint32_t>(buffered_bytes_);
  buffered_bytes_ = 0;
}

void Updater::check_digest() {
  if (md5_.finish() != announcement_.md5) return fail(UpdateError::digest_mismatch);
  identity_ = {received_bytes_, received_sha256_.finish()};
  enter(Phase::verifying);
}

void Updater::verify_sector() {
  const std::size_t count = std::min<std::size_t>(buffer_.size(), identity_.size_bytes - verified_bytes_);
  const MutableBytes piece = buffer_.first(count);
  if (const Status read = store_.flash().read(area_.address + verified_bytes_, piece); !read.ok()) {
    return fail(read.error());
  }
  stored_sha256_.update(piece);
  verified_bytes_ += static_cast<std::uint32_t>(count);
  if (verified_bytes_ < identity_.size_bytes) return;
  // What was written reads back differently: the flash is worn out, or lies.
  if (stored_sha256_.finish() != identity_.sha256) return fail(UpdateError::flash_write);
  enter(Phase::committing);
}

void Updater::commit() {
  if (const Status committed = store_.commit(announcement_.kind, identity_); !committed.ok()) {
    return fail(committed.error());
  }
  enter(Phase::done);
}

}  // namespace airlift::update
