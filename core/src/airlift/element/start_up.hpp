#pragma once
// How a device starts after resets, and what counts as one. docs/design/elements.md, "How it starts".

#include <string_view>

#include "airlift/base/time.hpp"
#include "airlift/port/reset_memory.hpp"

namespace airlift::element {

enum class StartMode : std::uint8_t {
  normal,
  unsafe,  ///< safe mode is off, whatever the configuration says
  bare,    ///< only what is needed to repair the device
};

[[nodiscard]] std::string_view name_of(StartMode mode);

/// `resets_in_a_row`: starts without good running, this one included.
[[nodiscard]] StartMode start_mode(std::uint8_t resets_in_a_row);

/// Counts the resets in a row. Logic only: the number's place and the time are handed in.
class StartCounter {
 public:
  /// A device that has run so long is in order.
  static constexpr seconds good_running{60};

  enum class State : std::uint8_t {
    waiting,  ///< begin() ends it
    counted,  ///< ended by good_running, or settle()
    settled,  ///< what happens from now on is no reset in a row; begin() ends it
  };

  /// `memory` outlives the counter.
  explicit StartCounter(port::ResetMemory& memory) : memory_{memory} {}

  /// Counts this start; resets() tells all the same when it could not be noted. Outcomes: as
  /// ResetMemory::write().
  [[nodiscard]] Status begin(Instant now);

  /// Looks at the clock, which may stand still while the machine sleeps. Returns how long the caller may wait
  /// for the next call.
  [[nodiscard]] milliseconds loop(Instant now);

  /// The run ends because somebody wants it to. Only in `counted` there is anything to do. Outcomes: as
  /// ResetMemory::write().
  [[nodiscard]] Status settle();

  /// At this start; 1: the one before was in order.
  [[nodiscard]] std::uint8_t resets() const { return resets_; }
  [[nodiscard]] State state() const { return state_; }

 private:
  port::ResetMemory& memory_;
  State state_{State::waiting};
  std::uint8_t resets_{1};
  Instant good_at_;
};

}  // namespace airlift::element
