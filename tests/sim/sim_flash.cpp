#include "sim_flash.hpp"

#include <algorithm>
#include <cstring>

namespace airlift::sim {
namespace {

/// What a write cache keeps or loses as a whole, as Linux does with pages.
constexpr std::size_t cache_piece_bytes{512};

}  // namespace

port::FlashGeometry ChipModel::geometry() const {
  port::FlashGeometry result{0, 0, write_align_bytes, erased_value};
  for (const SectorRun& run : sectors) {
    result.size_bytes += run.count * run.size_bytes;
    result.sector_bytes = std::max(result.sector_bytes, run.size_bytes);
  }
  return result;
}

ChipState::ChipState(const ChipModel& model, std::uint64_t seed)
    : memory(model.geometry().size_bytes, model.erased_value), random{seed} {
  for (const BadSector& bad : model.bad) {
    for (std::uint32_t i = 0; i < 64; ++i) memory[bad.address + i] = static_cast<std::uint8_t>(random.next());
  }
}

SimFlash::SimFlash(const ChipModel& model, ChipState& state)
    : model_{model}, state_{state}, geometry_{model.geometry()} {
  erased_.assign(geometry_.sector_bytes, geometry_.erased_value);
}

port::FlashSector SimFlash::sector_at(std::uint32_t address) const {
  std::uint32_t start{0};
  for (const SectorRun& run : model_.sectors) {
    const std::uint32_t end = start + run.count * run.size_bytes;
    if (address < end) return {start + (address - start) / run.size_bytes * run.size_bytes, run.size_bytes};
    start = end;
  }
  return {start, 0};
}

SimFlash::Fate SimFlash::next_fate() {
  ++changes_;
  if (changes_until_cut_ == 0 || --changes_until_cut_ > 0) return Fate::works;
  off_ = true;
  return cut_mode_ == CutMode::before ? Fate::nothing
         : cut_mode_ == CutMode::torn ? Fate::torn
                                      : Fate::done_unheard;
}

const BadSector* SimFlash::bad_sector(std::uint32_t address, std::size_t count) const {
  for (const BadSector& bad : model_.bad) {
    if (bad.address < address + count && address < sector_at(bad.address).end()) return &bad;
  }
  return nullptr;
}

Status SimFlash::do_read(std::uint32_t address, MutableBytes into) {
  if (off_) return UpdateError::flash_read;
  const auto end = address + static_cast<std::uint32_t>(into.size());
  for (const ChipState::Range& range : state_.unreadable) {
    if (range.from < end && address < range.to) return UpdateError::flash_read;
  }
  std::memcpy(into.data(), state_.memory.data() + address, into.size());
  const BadSector* bad = bad_sector(address, into.size());
  if (bad != nullptr && bad->way == BadSector::Way::fails) {
    for (std::uint8_t& byte : into) byte = static_cast<std::uint8_t>(state_.random.next());
  }
  return {};
}

Status SimFlash::do_erase_sector(std::uint32_t address) {
  const port::FlashSector sector = sector_at(address);
  const Fate fate = change(address, Bytes{erased_.data(), sector.size_bytes});
  if (fate == Fate::works || fate == Fate::done_unheard) forget_unreadable(sector.address, sector.end());
  return fate == Fate::works ? Status{} : Status{UpdateError::flash_erase};
}

Status SimFlash::do_program(std::uint32_t address, Bytes bytes) {
  const auto is_erased = [this](std::uint8_t byte) { return byte == geometry_.erased_value; };
  const Bytes there = peek(address, bytes.size());
  if (!off_ && bad_sector(address, bytes.size()) == nullptr &&
      !std::all_of(there.begin(), there.end(), is_erased)) {
    defect_ = "it programmed bytes that were not erased";
    return UpdateError::flash_misuse;
  }
  return change(address, bytes) == Fate::works ? Status{} : Status{UpdateError::flash_write};
}

SimFlash::Fate SimFlash::change(std::uint32_t address, Bytes wanted) {
  if (off_) return Fate::nothing;
  Fate fate = next_fate();
  const BadSector* bad = bad_sector(address, wanted.size());
  if (bad != nullptr) {
    if (fate != Fate::works || bad->way == BadSector::Way::fails) fate = Fate::nothing;
  } else if (fate == Fate::torn) {
    tear(address, wanted);
  } else if (fate != Fate::nothing) {
    store(address, wanted);
  }
  if (off_) lose_cache();
  return fate;
}

void SimFlash::store(std::uint32_t address, Bytes wanted) {
  if (wanted.empty()) return;
  std::uint8_t* const at = state_.memory.data() + address;
  if (model_.cache == ChipModel::Cache::write_back) {
    state_.cache.push_back({address, {at, at + wanted.size()}, {wanted.begin(), wanted.end()}});
  }
  std::memcpy(at, wanted.data(), wanted.size());
}

/// A random prefix is done, some bits of what follows, nothing of the rest. Or, for cells that change all at
/// the same time, some bits of everything.
void SimFlash::tear(std::uint32_t address, Bytes wanted) {
  Random& random = state_.random;
  const auto size = static_cast<std::uint32_t>(wanted.size());
  const std::uint32_t done = random.one_in(4) ? 0 : random.below(size + 1);
  const std::uint32_t touched = random.one_in(3) ? size : done + random.below(size - done + 1);
  store(address, wanted.first(done));
  spoil(address, wanted, done, touched);
  if (model_.torn_read == ChipModel::TornRead::fails && touched > done) {
    const std::uint32_t unit = geometry_.write_align_bytes;
    state_.unreadable.push_back(
        {(address + done) / unit * unit, (address + touched + unit - 1) / unit * unit});
  }
}

void SimFlash::spoil(std::uint32_t address, Bytes wanted, std::size_t from, std::size_t to) {
  Random& random = state_.random;
  const std::uint32_t density = random.below(3);
  std::vector<std::uint8_t> spoilt(to - from);
  const Bytes there = peek(address + static_cast<std::uint32_t>(from), to - from);
  std::uint64_t bits{0};
  for (std::size_t i = 0; i < spoilt.size(); ++i) {
    if (i % 8 == 0) {
      bits = random.next();
      if (density == 1) bits &= random.next() & random.next();
      if (density == 2) bits |= random.next() | random.next();
    }
    const auto change = static_cast<std::uint8_t>((there[i] ^ wanted[from + i]) & (bits >> i % 8 * 8 & 0xFF));
    spoilt[i] = there[i] ^ change;
  }
  store(address + static_cast<std::uint32_t>(from), {spoilt.data(), spoilt.size()});
}

void SimFlash::forget_unreadable(std::uint32_t from, std::uint32_t to) {
  const auto erased = [&](const ChipState::Range& range) { return from <= range.from && range.from < to; };
  auto& ranges = state_.unreadable;
  ranges.erase(std::remove_if(ranges.begin(), ranges.end(), erased), ranges.end());
}

Status SimFlash::flush() {
  if (off_) return UpdateError::flash_write;
  if (model_.cache == ChipModel::Cache::none) return {};
  const Fate fate = next_fate();
  if (fate == Fate::works || fate == Fate::done_unheard) state_.cache.clear();
  if (off_) lose_cache();
  return fate == Fate::works ? Status{} : Status{UpdateError::flash_write};
}

/// Each piece of each operation since the last flush is kept or lost by chance.
void SimFlash::lose_cache() {
  for (auto each = state_.cache.rbegin(); each != state_.cache.rend(); ++each) {
    std::copy(each->before.begin(), each->before.end(), state_.memory.begin() + each->address);
  }
  for (const ChipState::Unflushed& each : state_.cache) {
    for (std::size_t at = 0; at < each.after.size(); at += cache_piece_bytes) {
      if (state_.random.one_in(2)) continue;
      const std::size_t count = std::min(cache_piece_bytes, each.after.size() - at);
      std::memcpy(state_.memory.data() + each.address + at, each.after.data() + at, count);
    }
  }
  state_.cache.clear();
}

}  // namespace airlift::sim
