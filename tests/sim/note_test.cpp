// Notes on the flash outlive power cuts at any instant, on every chip.

#include <gtest/gtest.h>

#include <memory>

#include "airlift/boot/flash_note.hpp"
#include "geometry.hpp"

namespace airlift::sim {
namespace {

using Record = std::array<std::uint8_t, 32>;

Record record_of(std::uint8_t number) {
  Record record{};
  record.fill(number);
  return record;
}

/// A note that is written all the time, on a chip whose power fails all the time.
class NoteUnderFire {
 public:
  NoteUnderFire(const Geometry& geometry, std::uint64_t seed)
      : geometry_{geometry}, state_{geometry.chip, seed}, random_{seed} {
    power_on();
  }

  void store_next() {
    const std::uint8_t number = ++last_number_;
    const bool cut = random_.one_in(3);
    constexpr std::array modes{CutMode::before, CutMode::torn, CutMode::after};
    if (cut) flash_->cut_at(1 + random_.below(4), modes[random_.below(modes.size())]);
    if (note().store(record_of(number)).ok()) {
      kept_ = number;
    } else {
      ASSERT_TRUE(flash_->is_off() || geometry_.history_is_bad) << "failed for no reason";
      // Without a power cut it may have been stored, too, and with one of course.
      if (holds_after_restart(number)) kept_ = number;
    }
    ASSERT_TRUE(holds_after_restart(kept_)) << "neither the old one nor the new one, at " << int{number};
    ASSERT_EQ(flash_->defect(), "");
  }

 private:
  [[nodiscard]] boot::FlashNote note() { return {*flash_, geometry_.map.history, Record{}.size()}; }

  void power_on() { flash_ = std::make_unique<SimFlash>(geometry_.chip, state_); }

  [[nodiscard]] bool holds_after_restart(std::uint8_t number) {
    power_on();
    Record found{};
    const bool any = note().load(found).ok();
    return number == 0 ? !any : any && found == record_of(number);
  }

  const Geometry& geometry_;
  ChipState state_;
  Random random_;
  std::unique_ptr<SimFlash> flash_;
  std::uint8_t last_number_{0};
  std::uint8_t kept_{0};  ///< 0: nothing yet
};

TEST(Note, IsTheOldOneOrTheNewOneWheneverThePowerFails) {
  for (const Geometry& geometry : geometries()) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      SCOPED_TRACE(std::string{geometry.name} + ", seed " + std::to_string(seed));
      NoteUnderFire note{geometry, seed};
      for (int i = 0; i < 120 && !HasFatalFailure(); ++i) note.store_next();
    }
  }
}

}  // namespace
}  // namespace airlift::sim
