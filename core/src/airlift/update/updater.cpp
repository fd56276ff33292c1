#include "airlift/update/updater.hpp"

#include <algorithm>
#include <cassert>

namespace airlift::update {
namespace {

constexpr auto tail_bytes = static_cast<std::uint32_t>(image::longest_trailer_bytes);

}  // namespace

Updater::Updater(boot::SlotStore& store, boot::History& history, const Buffers& buffers)
    : store_{store}, history_{history}, payload_{store.flash(), buffers} {}

Status Updater::check(image::Kind kind, std::uint32_t size_bytes) const {
  if (size_bytes == 0) return UpdateError::bad_size;
  // A trailer does not go into the slot; what is too large by less than that is found out on the way.
  const std::uint64_t largest = std::uint64_t{store_.capacity_bytes(kind)} + tail_bytes;
  if (store_.capacity_bytes(kind) == 0 || size_bytes > largest) return UpdateError::no_space;
  return store_.record().on_trial() ? Status{UpdateError::trial_running} : Status{};
}

image::DeviceFacts Updater::device_facts(image::Kind kind) const {
  const boot::BootRecord& record = store_.record();
  const boot::BootRecord::Slots& slots = record.of(kind);
  const bool has_active = slots.active != boot::SlotId::none;
  return {has_active, has_active ? slots.at(slots.active).version.view() : std::string_view{},
          record.security_floor, record.retired.view(), store_.capacity_bytes(kind)};
}

Status Updater::check_trailer(const Announcement& announcement) const {
  if (announcement.trailer.empty()) return {};
  const Result<image::Trailer> trailer =
      image::find_trailer(announcement.trailer, announcement.size_bytes, policy_);
  if (!trailer.ok()) return trailer.error();
  const auto trailer_bytes = static_cast<std::uint32_t>(trailer.value().size_bytes);
  return image::check_announced(policy_, device_facts(announcement.kind), announcement.kind,
                                announcement.size_bytes - trailer_bytes, trailer.value());
}

Status Updater::consider(const Announcement& announcement) const {
  if (const Status fits = check(announcement.kind, announcement.size_bytes); !fits.ok()) return fits;
  return check_trailer(announcement);
}

Status Updater::begin(const Announcement& announcement) {
  if (const Status welcome = consider(announcement); !welcome.ok()) return welcome;
  abort(interrupted_by_);
  if (const Status free = store_.give_up_target(announcement.kind); !free.ok()) return free;
  announcement_ = announcement;
  announcement_.trailer = {};
  const boot::BootRecord::Slots& slots = store_.record().of(announcement.kind);
  payload_.begin(store_.area(announcement.kind, slots.target()), store_.map().image_offset_bytes,
                 policy_.esp32_digest);
  error_ = UpdateError::none;
  interrupted_by_ = UpdateError::cancelled;
  received_bytes_ = 0;
  tail_drained_ = 0;
  md5_.start();
  history_number_ = 0;
  enter(Phase::receiving);
  return {};
}

/// What comes before the tail.
std::uint32_t Updater::body_bytes() const {
  return announcement_.size_bytes > tail_bytes ? announcement_.size_bytes - tail_bytes : 0;
}

MutableBytes Updater::room() {
  if (phase_ != Phase::receiving) return {};
  const std::uint32_t body = body_bytes();
  if (received_bytes_ < body) {
    const MutableBytes room = payload_.room();
    return room.first(std::min<std::size_t>(room.size(), body - received_bytes_));
  }
  return MutableBytes{tail_}.subspan(received_bytes_ - body, announcement_.size_bytes - received_bytes_);
}

void Updater::took(std::size_t count) {
  const MutableBytes room = this->room();
  assert(count <= room.size());
  if (announcement_.md5) md5_.update(room.first(count));
  if (received_bytes_ < body_bytes()) payload_.took(count);
  received_bytes_ += static_cast<std::uint32_t>(count);
  interrupted_by_ = UpdateError::cancelled;
}

crypto::Sha256Digest Updater::received_sha256() const {
  assert(phase_ == Phase::receiving);
  const std::uint32_t body = body_bytes();
  return payload_.sha256_with(Bytes{tail_}.first(received_bytes_ > body ? received_bytes_ - body : 0));
}

void Updater::step() {
  switch (phase_) {
    case Phase::receiving:
      if (const Status stepped = payload_.step(); !stepped.ok()) return fail(stepped.error());
      if (received_bytes_ == announcement_.size_bytes) find_trailer();
      return;
    case Phase::draining:
      return drain();
    case Phase::judging:
      return judge();
    case Phase::heading:
      return write_header();
    case Phase::committing:
      return commit();
    case Phase::idle:
    case Phase::done:
    case Phase::failed:
      return;
  }
}

void Updater::find_trailer() {
  const std::size_t tail = announcement_.size_bytes - body_bytes();
  const Result<image::Trailer> trailer =
      image::find_trailer(Bytes{tail_}.first(tail), announcement_.size_bytes, policy_);
  if (!trailer.ok()) return fail(trailer.error());
  trailer_ = trailer.value();
  enter(Phase::draining);
}

void Updater::drain() {
  const std::size_t end = announcement_.size_bytes - body_bytes() - trailer_.size_bytes;
  const MutableBytes room = payload_.room();
  const std::size_t count = std::min(room.size(), end - tail_drained_);
  std::copy_n(tail_.begin() + tail_drained_, count, room.begin());
  payload_.took(count);
  tail_drained_ += count;
  if (tail_drained_ == end) payload_.end_input();
  if (const Status stepped = payload_.step(); !stepped.ok()) return fail(stepped.error());
  if (payload_.done()) enter(Phase::judging);
}

void Updater::judge() {
  // What was spoilt on the way is not the fault of who signed it.
  if (announcement_.md5 && md5_.finish() != *announcement_.md5) return fail(UpdateError::digest_mismatch);
  const Bytes trailer = Bytes{tail_}.subspan(tail_drained_, trailer_.size_bytes);
  if (announcement_.sha256 && payload_.sha256_with(trailer) != *announcement_.sha256) {
    return fail(UpdateError::sha256_mismatch);
  }
  const image::PayloadFacts payload = payload_.finish();
  const Result<image::Approved> approved =
      image::judge(policy_, device_facts(announcement_.kind), announcement_.kind, payload, trailer_);
  if (!approved.ok()) return fail(approved.error());
  staged_ = {};
  staged_.image = {payload.image_bytes, payload.image_sha256};
  if (staged_.image.empty()) return fail(UpdateError::bad_size);
  if (const Status taken = take_over(approved.value()); !taken.ok()) return fail(taken.error());
  enter(Phase::heading);
}

/// Takes what the manifest says into the record. Keys are retired only by who is trusted.
Status Updater::take_over(const image::Approved& approved) {
  verified_ = approved.verified;
  staged_.security_counter = approved.verified_counter();
  if (!approved.manifest) return {};
  staged_.version = approved.manifest->version;
  staged_.bundle_id = approved.manifest->bundle_id;
  if (!verified_) return {};
  boot::KeyIds<boot::most_retired_keys> all = store_.record().retired;
  for (const boot::BootRecord::Slots& slots : store_.record().kinds) {
    const boot::SlotInfo& waiting = slots.at(slots.target());
    if (waiting.state != boot::SlotState::staged) continue;
    // The other half of a bundle may retire keys together with this one.
    for (const crypto::KeyId& id : waiting.retires.view()) {
      if (!all.add(id)) return UpdateError::no_space;
    }
  }
  for (const crypto::KeyId& id : approved.manifest->retired_keys()) {
    if (all.contains(id)) continue;
    if (!all.add(id) || !staged_.retires.add(id)) return UpdateError::no_space;
  }
  return {};
}

void Updater::write_header() {
  boot::SlotHeader header;
  header.kind = announcement_.kind;
  header.verified = verified_;
  header.image = staged_.image;
  header.version = staged_.version;
  header.security_counter = staged_.security_counter;
  header.sequence = store_.record().sequence + 1;
  header.trailer_bytes = trailer_.size_bytes;
  std::copy_n(tail_.begin() + tail_drained_, trailer_.size_bytes, header.trailer.begin());
  if (const Status written = payload_.write_header(header); !written.ok()) return fail(written.error());
  enter(Phase::committing);
}

void Updater::commit() {
  // Before the record, so that no power cut can leave an installed image without its line.
  write_history(boot::UpdateResult::installed, UpdateError::none);
  const Status staged = store_.stage(announcement_.kind, staged_, attempts_wanted_);
  if (!staged.ok()) return fail(staged.error());
  if (const Status installed = install(); !installed.ok()) return fail(installed.error());
  enter(Phase::done);
}

Status Updater::install() {
  if (installer_ == nullptr || !starts_next()) return {};
  const Status installed = installer_->install(store_);
  // Not saved: the board's next start finds a candidate that does not run.
  if (!installed.ok()) [[maybe_unused]]
    const Status rejected = store_.reject(installed.error());
  return installed;
}

void Updater::write_history(boot::UpdateResult result, UpdateError cause) {
  boot::HistoryEntry entry;
  entry.number = history_number_;
  entry.kind = announcement_.kind;
  entry.result = result;
  entry.cause = cause;
  entry.time_s = announcement_.time_s;
  entry.source = announcement_.source;
  const boot::BootRecord::Slots& slots = store_.record().of(entry.kind);
  if (slots.active != boot::SlotId::none) {
    entry.from = boot::prefix_of(slots.at(slots.active).image.sha256);
    entry.from_version = slots.at(slots.active).version;
  }
  const bool was_installed = history_number_ != 0;
  if (was_installed || result == boot::UpdateResult::installed) {
    entry.slot = slots.target();
    entry.to = boot::prefix_of(staged_.image.sha256);
    entry.to_version = staged_.version;
  }
  // A journal that cannot be written is no reason to refuse an image.
  [[maybe_unused]] const Status noted = was_installed ? history_.amend(entry) : history_.add(entry);
  history_number_ = entry.number;
}

void Updater::fail(UpdateError error) {
  error_ = error;
  write_history(boot::UpdateResult::failed, error);
  enter(Phase::failed);
}

void Updater::abort(UpdateError reason) {
  if (busy() && received_bytes_ > 0) write_history(boot::UpdateResult::failed, reason);
  enter(Phase::idle);
}

}  // namespace airlift::update
