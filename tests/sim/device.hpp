#pragma once
// One power-on of a device: the engine's parts, put together as a device does it.

#include <algorithm>
#include <type_traits>

#include "airlift/element/trial.hpp"
#include "airlift/update/gzip_unpacker.hpp"
#include "airlift/update/updater.hpp"
#include "plants.hpp"

namespace airlift::sim {

/// Memory that devices of one thread use in turn.
struct Memory {
  explicit Memory(const Geometry& geometry)
      : block(geometry.block_bytes), inflated(geometry.block_bytes), gzip_arena(codec::gzip_arena_bytes(9)) {}
  [[nodiscard]] update::Buffers buffers() { return {{block.data(), block.size()}, &unpacker}; }
  std::vector<std::uint8_t> block;
  std::vector<std::uint8_t> inflated;
  std::vector<std::uint8_t> gzip_arena;
  update::GzipUnpacker unpacker{
      {inflated.data(), inflated.size()}, {gzip_arena.data(), gzip_arena.size()}, 9};
};

template <Plant plant>
class Device {
 public:
  Device(SimFlash& chip, const Geometry& geometry, const image::Policy& policy, Memory& memory)
      : policy_{policy},
        buffers_{memory.buffers()},
        flash_{chip, geometry.map},
        store_{flash_, geometry.map},
        history_{flash_, geometry.map.history},
        updater_{store_, history_, buffers_},
        trial_{store_, history_} {
    updater_.set_policy(policy);
  }

  /// Decides what to start.
  [[nodiscard]] Result<boot::BootPlan> boot() {
    const Result<boot::BootPlan> plan = prepare_boot(store_, boot::default_attempts, buffers_.block);
    if constexpr (plant == Plant::late_attempt) {
      [[maybe_unused]] const Status not_yet = store_.give_back_attempt();
    }
    return plan;
  }

  /// What has been decided runs.
  void run(const boot::BootPlan& plan) {
    if constexpr (plant == Plant::late_attempt) {
      [[maybe_unused]] const Status counted = store_.count_attempt();
    }
    history_.load();
    trial_.begin(plan, element::TrialSettings{}, Instant{});
  }

  /// Sends the first `bytes` bytes of the file; fewer than all: the connection is lost then. The error is
  /// none when the image is staged.
  [[nodiscard]] UpdateError upload(const File& file, std::size_t bytes) {
    if constexpr (plant == Plant::commit_before_verify) {
      if (bytes == file.upload.size()) return upload_before_verify(store_, policy_, buffers_, file);
    }
    update::Announcement announcement;
    announcement.kind = file.kind;
    announcement.size_bytes = static_cast<std::uint32_t>(file.upload.size());
    if (const Status begun = updater_.begin(announcement); !begun.ok()) return begun.error();
    Bytes rest = Bytes{file.upload.data(), bytes};
    using Phase = update::Updater::Phase;
    while (updater_.phase() != Phase::done && updater_.phase() != Phase::failed) {
      const MutableBytes room = updater_.room();
      const std::size_t count = std::min(room.size(), rest.size());
      if (count == 0 && !room.empty()) updater_.abort(UpdateError::connection_lost);
      if (updater_.phase() == Phase::idle) return UpdateError::connection_lost;
      std::copy_n(rest.begin(), count, room.begin());
      if (count > 0) updater_.took(count);
      rest = rest.subspan(count);
      updater_.step();
    }
    return updater_.error();
  }

  [[nodiscard]] boot::SlotStore& store() { return store_; }
  [[nodiscard]] boot::History& history() { return history_; }
  [[nodiscard]] element::Trial& trial() { return trial_; }

 private:
  const image::Policy& policy_;
  update::Buffers buffers_;
  std::conditional_t<plant == Plant::non_atomic_record, OneCopyFlash, SameFlash> flash_;
  boot::SlotStore store_;
  boot::History history_;
  update::Updater updater_;
  element::Trial trial_;
};

}  // namespace airlift::sim
