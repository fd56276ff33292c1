#include "boot_report.hpp"

#include <string>

#include "airlift/codec/text.hpp"

namespace airlift::device {
namespace {

using element::Trial;
using element::TrialSettings;
using port::LogLevel;

/// `slot B, version 1.2, SHA-256 …`.
std::string image_text(const boot::BootRecord& record, image::Kind kind, boot::SlotId slot) {
  const boot::SlotInfo& info = record.of(kind).at(slot);
  std::string text = "slot " + std::string{name_of(slot)};
  if (!info.version.empty()) text += ", version " + std::string{info.version};
  return text + ", SHA-256 " + std::string{codec::view(codec::to_hex(info.image.sha256))};
}

}  // namespace

std::string sentence_of(UpdateError error) {
  const ErrorInfo& info = describe(error);
  return std::string{info.text} + ". " + std::string{info.advice};
}

void report_boot(const boot::BootPlan& plan, const boot::BootRecord& record, const TrialSettings& settings,
                 port::Log& log) {
  const auto say = [&](LogLevel level, const std::string& text) { log.write(level, "boot", text); };
  if (plan.recovered) {
    say(LogLevel::error,
        "every boot record was lost; a new one was made from what the slots hold: check the storage");
  }
  if (plan.rolled_back != UpdateError::none) {
    say(LogLevel::error, "rolled back: " + sentence_of(plan.rolled_back));
  }
  if (plan.kept != UpdateError::none) {
    say(LogLevel::error,
        "the new image stays unconfirmed, as nothing else can be started: " + sentence_of(plan.kept));
  }
  if (plan.fell_back) {
    say(LogLevel::error, "fell back to the image before: " + sentence_of(UpdateError::image_damaged));
  }
  if (plan.firmware == boot::SlotId::none) {
    say(LogLevel::error, "nothing to start: " + sentence_of(UpdateError::no_image));
    return;
  }
  if (plan.on_trial) {
    const std::string attempt = std::to_string(plan.attempt) + " of " + std::to_string(settings.attempts);
    for (const image::Kind kind : {image::Kind::firmware, image::Kind::filesystem}) {
      const boot::SlotId slot = record.of(kind).candidate;
      if (slot == boot::SlotId::none) continue;
      say(LogLevel::info, "trying the " + std::string{name_of(kind)} + " in slot " +
                              std::string{name_of(slot)} + ", attempt " + attempt);
    }
  }
  for (const auto& [kind, slot] : {std::pair{image::Kind::firmware, plan.firmware},
                                   std::pair{image::Kind::filesystem, plan.filesystem}}) {
    if (slot == boot::SlotId::none) continue;
    say(LogLevel::info, std::string{name_of(kind)} + ": " + image_text(record, kind, slot));
  }
}

void report_trial(const Trial& trial, const TrialSettings& settings, port::Log& log) {
  const auto say = [&](LogLevel level, const std::string& text) { log.write(level, "trial", text); };
  const std::string period = std::to_string(settings.period.count()) + " s";
  switch (trial.state()) {
    case Trial::State::none:
      return;
    case Trial::State::running:
      return say(LogLevel::info, settings.confirmed_by == TrialSettings::ConfirmedBy::application
                                     ? "on trial: waiting up to " + period + " for READY=1"
                                     : "on trial: confirmed when it has run for " + period);
    case Trial::State::confirmed:
      return say(LogLevel::info, "confirmed");
    case Trial::State::failed:
      return say(LogLevel::error, "trial failed: " + sentence_of(trial.reason()));
    case Trial::State::suspended:
      return say(LogLevel::info, "trial interrupted by the stop; this attempt does not count");
  }
}

}  // namespace airlift::device
