#pragma once
// Tells people what the boot decision and the trial have come to.

#include "airlift/boot/boot_sequence.hpp"
#include "airlift/element/trial.hpp"
#include "airlift/port/system.hpp"

namespace airlift::device {

/// What prepare_boot() has decided: what is started, what was given up.
void report_boot(const boot::BootPlan& plan, const boot::BootRecord& record,
                 const element::TrialSettings& settings, port::Log& log);

/// The state that the trial has just entered.
void report_trial(const element::Trial& trial, const element::TrialSettings& settings, port::Log& log);

/// `text. advice`.
[[nodiscard]] std::string sentence_of(UpdateError error);

}  // namespace airlift::device
