#pragma once
// Flash in memory with strict NOR rules, counters and injected faults.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "airlift/port/flash.hpp"

namespace airlift::testing {

class FakeFlash final : public port::Flash {
 public:
  explicit FakeFlash(port::FlashGeometry geometry)
      : geometry_{geometry}, memory(geometry.size_bytes, geometry.erased_value) {}

  [[nodiscard]] port::FlashGeometry geometry() const override { return geometry_; }

  [[nodiscard]] Status flush() override {
    ++flushes;
    return begins_well() ? Status{} : UpdateError::flash_write;
  }

  enum class Fault {
    refuse,     ///< the operation does nothing and fails; later ones work
    tear,       ///< half of it is done and it fails; later ones work
    power_cut,  ///< half of it is done and it fails, as does every operation after it, reads too
  };
  /// Makes the `nth` erase, program or flush from now on (1: the next) go wrong.
  void fail_change(std::size_t nth, Fault fault) {
    changes_until_fault_ = nth;
    fault_ = fault;
  }
  /// The `nth` read from now on (1: the next) fails.
  void fail_read(std::size_t nth) { reads_until_fault_ = nth; }
  /// Ends a power cut and forgets planned faults; the content stays.
  void restore_power() {
    dead_ = false;
    changes_until_fault_ = reads_until_fault_ = 0;
  }

  /// Erases, programs and flushes so far.
  [[nodiscard]] std::size_t changes() const { return erases + programs + flushes; }

 private:
  port::FlashGeometry geometry_;

 public:
  std::vector<std::uint8_t> memory;  ///< free to look at and to spoil
  std::size_t reads{0};
  std::size_t erases{0};
  std::size_t programs{0};
  std::size_t flushes{0};
  std::uint8_t stuck_bits{0};    ///< program cannot set these bits of the first byte
  std::uint32_t broken_from{0};  ///< erase and program fail from here ...
  std::uint32_t broken_to{0};    ///< ... to before here

 private:
  /// Counts down to the planned fault. True: the operation works.
  [[nodiscard]] bool begins_well() {
    if (dead_) return false;
    if (changes_until_fault_ == 0 || --changes_until_fault_ > 0) return true;
    dead_ = fault_ == Fault::power_cut;
    torn_ = fault_ != Fault::refuse;
    return false;
  }

  /// What of `count` bytes a failing operation still does.
  [[nodiscard]] std::size_t torn_part(std::size_t count) {
    const bool torn = torn_;
    torn_ = false;
    return torn ? count / 2 : 0;
  }

  [[nodiscard]] std::uint8_t* at(std::uint32_t address) { return memory.data() + address; }

  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override {
    ++reads;
    if (dead_ || (reads_until_fault_ != 0 && --reads_until_fault_ == 0)) return UpdateError::flash_read;
    std::copy_n(at(address), into.size(), into.data());
    return {};
  }

  [[nodiscard]] bool is_broken(std::uint32_t address) const {
    return address >= broken_from && address < broken_to;
  }

  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override {
    ++erases;
    if (is_broken(address)) return UpdateError::flash_erase;
    const bool works = begins_well();
    std::fill_n(at(address), works ? geometry_.sector_bytes : torn_part(geometry_.sector_bytes),
                geometry_.erased_value);
    return works ? Status{} : UpdateError::flash_erase;
  }

  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override {
    ++programs;
    const auto is_erased = [this](std::uint8_t byte) { return byte == geometry_.erased_value; };
    if (!std::all_of(at(address), at(address) + bytes.size(), is_erased)) return UpdateError::flash_misuse;
    if (is_broken(address)) return UpdateError::flash_write;
    const bool works = begins_well();
    std::copy_n(bytes.data(), works ? bytes.size() : torn_part(bytes.size()), at(address));
    if (!bytes.empty()) *at(address) = static_cast<std::uint8_t>(*at(address) | stuck_bits);
    return works ? Status{} : UpdateError::flash_write;
  }

  std::size_t changes_until_fault_{0};  ///< 0: none planned
  std::size_t reads_until_fault_{0};    ///< 0: none planned
  Fault fault_{Fault::refuse};
  bool torn_{false};
  bool dead_{false};
};

}  // namespace airlift::testing
