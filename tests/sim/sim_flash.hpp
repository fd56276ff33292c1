#pragma once
// A flash chip that is nastier than real ones, and whose power can be cut in the middle of an operation.
// docs/design/power-cut-simulator.md.

#include <string_view>
#include <vector>

#include "airlift/port/flash.hpp"
#include "random.hpp"

namespace airlift::sim {

/// So many sectors of one size, one after the other.
struct SectorRun {
  std::uint32_t count{0};
  std::uint32_t size_bytes{0};
};

struct BadSector {
  enum class Way : std::uint8_t {
    fails,  ///< erase and program fail, reads give other garbage each time
    lies,   ///< erase and program claim to have worked, but nothing changes
  };
  std::uint32_t address{0};  ///< where the sector starts
  Way way{Way::fails};
};

/// What kind of chip it is; never changes.
struct ChipModel {
  enum class Cache : std::uint8_t {
    none,        ///< an operation that has returned is on the medium
    write_back,  ///< a cut loses any part of what came after the last flush, as in Linux's page cache
  };
  enum class TornRead : std::uint8_t {
    garbage,  ///< what a cut has torn reads as whatever is there
    fails,    ///< ... fails with flash_read until it is erased: memory with error correction
  };
  std::vector<SectorRun> sectors;
  std::uint32_t write_align_bytes{4};
  std::uint8_t erased_value{0xFF};
  Cache cache{Cache::none};
  TornRead torn_read{TornRead::garbage};
  std::vector<BadSector> bad;

  [[nodiscard]] port::FlashGeometry geometry() const;
};

/// What the chip holds, power or not. A copy goes on independently.
struct ChipState {
  ChipState(const ChipModel& model, std::uint64_t seed);

  struct Range {
    std::uint32_t from;
    std::uint32_t to;
  };
  struct Unflushed {
    std::uint32_t address;
    std::vector<std::uint8_t> before;
    std::vector<std::uint8_t> after;
  };
  std::vector<std::uint8_t> memory;  ///< as it reads
  std::vector<Range> unreadable;
  std::vector<Unflushed> cache;
  Random random;
};

enum class CutMode : std::uint8_t {
  before,  ///< the operation does nothing
  torn,    ///< a random part of it is done
  after,   ///< it is done, but nobody learns of it
};

class SimFlash final : public port::Flash {
 public:
  /// Both outlive the flash. Power is on.
  SimFlash(const ChipModel& model, ChipState& state);

  [[nodiscard]] port::FlashGeometry geometry() const override { return geometry_; }
  [[nodiscard]] port::FlashSector sector_at(std::uint32_t address) const override;
  [[nodiscard]] Status flush() override;

  /// Cuts the power at the `nth` change from now on (1: the next): an erase, a program, or with a write cache
  /// a flush. From then on every operation fails.
  void cut_at(std::uint32_t nth, CutMode mode) {
    changes_until_cut_ = nth;
    cut_mode_ = mode;
  }
  [[nodiscard]] bool is_off() const { return off_; }
  /// So many changes have been begun, refused ones included.
  [[nodiscard]] std::uint32_t changes() const { return changes_; }
  /// What the engine has done that no chip allows; empty: nothing.
  [[nodiscard]] std::string_view defect() const { return defect_; }
  /// The memory as it reads, without the chip noticing. In range.
  [[nodiscard]] Bytes peek(std::uint32_t address, std::size_t count) const {
    return Bytes{state_.memory.data(), state_.memory.size()}.subspan(address, count);
  }

 private:
  /// What is to become of an operation.
  enum class Fate : std::uint8_t { works, nothing, torn, done_unheard };

  [[nodiscard]] Fate next_fate();
  [[nodiscard]] const BadSector* bad_sector(std::uint32_t address, std::size_t count) const;
  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override;
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override;
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override;
  [[nodiscard]] Fate change(std::uint32_t address, Bytes wanted);
  void store(std::uint32_t address, Bytes wanted);
  void tear(std::uint32_t address, Bytes wanted);
  void spoil(std::uint32_t address, Bytes wanted, std::size_t from, std::size_t to);
  void forget_unreadable(std::uint32_t from, std::uint32_t to);
  void lose_cache();

  const ChipModel& model_;
  ChipState& state_;
  port::FlashGeometry geometry_;
  std::vector<std::uint8_t> erased_;  ///< a whole sector of the erased value
  std::uint32_t changes_{0};
  std::uint32_t changes_until_cut_{0};  ///< 0: no cut is planned
  CutMode cut_mode_{CutMode::before};
  bool off_{false};
  std::string_view defect_;
};

}  // namespace airlift::sim
