#include "airlift/boot/slot_store.hpp"

#include <algorithm>

namespace airlift::boot {
namespace {

constexpr image::Kind other(image::Kind kind) {
  return kind == image::Kind::firmware ? image::Kind::filesystem : image::Kind::firmware;
}

/// Calls `change` for the slot of each kind that is a candidate.
template <typename Change>
void for_each_candidate(BootRecord& record, Change change) {
  for (BootRecord::Slots& slots : record.kinds) {
    if (slots.candidate != SlotId::none) change(slots, slots.at(slots.candidate));
  }
}

/// What waits for the other image of its bundle was approved when older counters and keys were good enough.
void give_up_waiting(BootRecord& record) {
  for (BootRecord::Slots& slots : record.kinds) {
    SlotInfo& target = slots.at(slots.target());
    if (target.state == SlotState::staged) target = {};
  }
}

SlotInfo info_of(const SlotHeader& header, SlotState state) {
  SlotInfo info;
  info.state = state;
  info.image = header.image;
  info.version = header.version;
  info.security_counter = header.security_counter;
  return info;
}

}  // namespace

Status SlotStore::load() {
  record_ = {};
  if (const Status fits = check(map_, flash_); !fits.ok()) return fits;
  return records_.load(record_);
}

Area SlotStore::image_area(image::Kind kind, SlotId slot) const {
  const Area whole = area(kind, slot);
  const std::uint32_t offset = std::min(map_.image_offset_bytes, whole.size_bytes);
  return {whole.address + offset, whole.size_bytes - offset};
}

std::uint32_t SlotStore::capacity_bytes(image::Kind kind) const {
  return std::min(image_area(kind, SlotId::a).size_bytes, image_area(kind, SlotId::b).size_bytes);
}

Status SlotStore::read_header(image::Kind kind, SlotId slot, SlotHeader& header) {
  const Area where = area(kind, slot);
  if (where.size_bytes < slot_header_bytes) return UpdateError::no_image;
  SlotHeaderBytes bytes{};
  if (const Status read = flash_.read(where.address, bytes); !read.ok()) return read;
  if (const Status decoded = decode(bytes, header); !decoded.ok()) return decoded;
  const bool fits = header.kind == kind && header.image.size_bytes <= image_area(kind, slot).size_bytes;
  return fits ? Status{} : Status{UpdateError::no_image};
}

Status SlotStore::save(BootRecord& next) {
  const Status saved = records_.save(next);
  if (saved.ok()) record_ = next;
  return saved;
}

Status SlotStore::give_up_target(image::Kind kind) {
  if (record_.on_trial()) return UpdateError::trial_running;
  BootRecord next = record_;
  BootRecord::Slots& slots = next.of(kind);
  SlotInfo& target = slots.at(slots.target());
  if (target.state == SlotState::empty && !record_.has_candidate()) return {};
  target = {};
  for (BootRecord::Slots& each : next.kinds) each.candidate = SlotId::none;
  next.attempts = 0;
  return save(next);
}

bool SlotStore::completes_bundle(image::Kind kind, const StagedImage& image) const {
  const BootRecord::Slots& partner = record_.of(other(kind));
  const SlotInfo& waiting = partner.at(partner.target());
  return waiting.state == SlotState::staged && waiting.bundle_id == image.bundle_id;
}

Status SlotStore::stage(image::Kind kind, const StagedImage& image, std::uint8_t attempts) {
  BootRecord next = record_;
  BootRecord::Slots& slots = next.of(kind);
  SlotInfo& target = slots.at(slots.target());
  target = {};
  target.state = SlotState::staged;
  target.image = image.image;
  target.version = image.version;
  target.security_counter = image.security_counter;
  target.bundle_id = image.bundle_id;
  target.retires = image.retires;
  const bool whole_bundle = image.bundle_id != 0 && completes_bundle(kind, image);
  if (image.bundle_id == 0 || whole_bundle) slots.candidate = slots.target();
  if (whole_bundle) next.of(other(kind)).candidate = next.of(other(kind)).target();
  next.attempts = 0;
  next.attempts_wanted = attempts;
  return save(next);
}

Status SlotStore::count_attempt() {
  if (!record_.has_candidate()) return UpdateError::no_image;
  BootRecord next = record_;
  for_each_candidate(next, [](BootRecord::Slots&, SlotInfo& slot) {
    slot.state = SlotState::trying;
    slot.reason = UpdateError::none;
  });
  if (next.attempts < 0xFF) ++next.attempts;
  return save(next);
}

Status SlotStore::give_back_attempt() {
  if (!record_.on_trial() || record_.attempts == 0) return {};
  BootRecord next = record_;
  --next.attempts;
  return save(next);
}

Status SlotStore::note_failure(UpdateError reason) {
  if (!record_.on_trial()) return {};
  BootRecord next = record_;
  for_each_candidate(next, [&](BootRecord::Slots&, SlotInfo& slot) { slot.reason = reason; });
  return save(next);
}

Status SlotStore::confirm() {
  if (!record_.on_trial()) return {};
  BootRecord next = record_;
  for_each_candidate(next, [&](BootRecord::Slots& slots, SlotInfo& slot) {
    slot.state = SlotState::good;
    slot.reason = UpdateError::none;
    slot.bundle_id = 0;
    next.security_floor = std::max(next.security_floor, slot.security_counter);
    for (const crypto::KeyId& id : slot.retires.view()) {
      // The policy refuses an image that retires more keys than there is room for.
      [[maybe_unused]] const bool added = next.retired.add(id);
    }
    slot.retires = {};
    slots.active = slots.candidate;
    slots.candidate = SlotId::none;
  });
  if (next.security_floor != record_.security_floor || next.retired.count != record_.retired.count) {
    give_up_waiting(next);
  }
  next.attempts = 0;
  return save(next);
}

Status SlotStore::reject(UpdateError reason) {
  if (!record_.has_candidate()) return {};
  BootRecord next = record_;
  for_each_candidate(next, [&](BootRecord::Slots& slots, SlotInfo& slot) {
    slot.state = SlotState::bad;
    slot.reason = reason;
    slots.candidate = SlotId::none;
  });
  next.attempts = 0;
  return save(next);
}

Status SlotStore::keep_candidate(UpdateError reason) {
  if (!record_.has_candidate()) return UpdateError::no_image;
  BootRecord next = record_;
  for_each_candidate(next, [&](BootRecord::Slots& slots, SlotInfo& slot) {
    slot.state = SlotState::good;
    slot.reason = reason;
    slot.bundle_id = 0;
    slot.security_counter = 0;
    slot.retires = {};
    slots.active = slots.candidate;
    slots.candidate = SlotId::none;
  });
  next.attempts = 0;
  return save(next);
}

Status SlotStore::fall_back(image::Kind kind) {
  BootRecord next = record_;
  BootRecord::Slots& slots = next.of(kind);
  const SlotId spare = other(slots.active);
  if (slots.active == SlotId::none || slots.at(spare).state != SlotState::good) return UpdateError::no_image;
  slots.at(slots.active).state = SlotState::bad;
  slots.at(slots.active).reason = UpdateError::image_damaged;
  slots.active = spare;
  return save(next);
}

Status SlotStore::take_as_good(image::Kind kind, SlotId slot, const image::Identity& image) {
  BootRecord next = record_;
  for_each_candidate(next, [](BootRecord::Slots& slots, SlotInfo& candidate) {
    candidate = {};
    slots.candidate = SlotId::none;
  });
  BootRecord::Slots& slots = next.of(kind);
  slots.at(slot) = {};
  slots.at(slot).state = SlotState::good;
  slots.at(slot).image = image;
  slots.active = slot;
  next.attempts = 0;
  return save(next);
}

Status SlotStore::adopt(const std::array<std::array<bool, 2>, image::kinds>& whole) {
  BootRecord next;
  SlotHeader header;
  for (const image::Kind kind : {image::Kind::firmware, image::Kind::filesystem}) {
    BootRecord::Slots& slots = next.of(kind);
    std::uint32_t candidate_sequence{0};
    for (const SlotId id : {SlotId::a, SlotId::b}) {
      if (!whole[static_cast<std::size_t>(kind)][static_cast<std::size_t>(id)]) continue;
      if (!read_header(kind, id, header).ok()) continue;
      const std::uint32_t sequence = header.sequence;
      const bool newest = slots.candidate == SlotId::none || is_newer(sequence, candidate_sequence);
      slots.at(id) = info_of(header, newest ? SlotState::staged : SlotState::good);
      // Headers that are written later must be newer than these.
      if (is_newer(sequence, next.sequence)) next.sequence = sequence;
      if (newest) {
        slots.active = slots.candidate;
        slots.candidate = id;
        candidate_sequence = sequence;
      } else {
        slots.active = id;
      }
    }
    if (slots.active != SlotId::none) slots.at(slots.active).state = SlotState::good;
    next.security_floor = std::max(
        next.security_floor, slots.active == SlotId::none ? 0 : slots.at(slots.active).security_counter);
  }
  return save(next);
}

}  // namespace airlift::boot
