#pragma once
// The trial of a new image while it runs: waits for its confirmation, and ends it when that does not come.
// docs/design/storage.md.

#include "airlift/base/time.hpp"
#include "airlift/boot/boot_sequence.hpp"
#include "airlift/boot/history.hpp"

namespace airlift::element {

struct TrialSettings {
  enum class ConfirmedBy : std::uint8_t {
    application,    ///< it must say so
    staying_alive,  ///< it must not end within the period
  };
  seconds period{60};
  ConfirmedBy confirmed_by{ConfirmedBy::application};
  std::uint8_t attempts{boot::default_attempts};
};

class Trial {
 public:
  enum class State : std::uint8_t {
    none,       ///< what runs has been confirmed; begin() ends it
    running,    ///< ended by confirm(), fail(), suspend(), or the period
    confirmed,  ///< final
    failed,     ///< final: the device must restart, the next boot decides
    suspended,  ///< final: a clean shutdown
  };

  /// Both outlive the trial; `history` has been loaded.
  Trial(boot::SlotStore& store, boot::History& history) : store_{store}, history_{history} {}

  /// After the boot decision, once: notes in the history what it led to, and starts the clock when what is
  /// started is on trial.
  void begin(const boot::BootPlan& plan, const TrialSettings& settings, Instant now);

  /// The application says that it works. Not `running`: nothing happens. Outcomes: ok; flash_write: it is
  /// still on trial, say so again.
  [[nodiscard]] Status confirm();

  /// The application does not work: `reason` is one of the errors that end a trial. Not `running`: nothing.
  void fail(UpdateError reason);

  /// The device is shut down in good order: this start is not counted.
  void suspend();

  /// Looks at the clock. Returns how long the caller may wait before the next call.
  [[nodiscard]] milliseconds loop(Instant now);

  [[nodiscard]] State state() const { return state_; }
  /// In `failed`: why.
  [[nodiscard]] UpdateError reason() const { return reason_; }

 private:
  void settle_history();

  boot::SlotStore& store_;
  boot::History& history_;
  TrialSettings settings_;
  State state_{State::none};
  UpdateError reason_{UpdateError::none};
  Instant ends_at_;
};

}  // namespace airlift::element
