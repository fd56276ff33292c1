#include "airlift/element/trial.hpp"

namespace airlift::element {
namespace {

/// After a confirmation that could not be saved.
constexpr milliseconds retry_interval{1000};

}  // namespace

void Trial::begin(const boot::BootPlan& plan, const TrialSettings& settings, Instant now) {
  settle_history();
  settings_ = settings;
  reason_ = UpdateError::none;
  state_ = plan.on_trial ? State::running : State::none;
  ends_at_ = now + settings.period;
}

/// A journal that cannot be written is tried again at the next start.
void Trial::settle_history() {
  [[maybe_unused]] const Status settled = history_.settle(store_.record());
}

Status Trial::confirm() {
  if (state_ != State::running) return {};
  if (const Status confirmed = store_.confirm(); !confirmed.ok()) return confirmed;
  state_ = State::confirmed;
  settle_history();
  return {};
}

void Trial::fail(UpdateError reason) {
  if (state_ != State::running) return;
  // Not saved: the attempt is counted all the same, only its reason is lost.
  [[maybe_unused]] const Status noted = store_.note_failure(reason);
  reason_ = reason;
  state_ = State::failed;
}

void Trial::suspend() {
  if (state_ != State::running) return;
  // Not saved: this start counts as a failed one, which is the safe side.
  [[maybe_unused]] const Status given_back = store_.give_back_attempt();
  state_ = State::suspended;
}

milliseconds Trial::loop(Instant now) {
  if (state_ != State::running) return milliseconds::max();
  if (now < ends_at_) return ends_at_ - now;
  if (settings_.confirmed_by == TrialSettings::ConfirmedBy::application) {
    fail(UpdateError::not_confirmed);
  } else if (!confirm().ok()) {
    ends_at_ = now + retry_interval;
    return retry_interval;
  }
  return milliseconds{0};
}

}  // namespace airlift::element
