#include "return_course.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace airlift::cli {
namespace {

/// What a status says about the image that was taken.
enum class Sight : std::uint8_t {
  waits,        ///< the device has not restarted yet
  on_trial,     ///< it runs
  confirmed,    ///< it runs
  kept,         ///< it failed its trial, but runs: nothing else was there
  rolled_back,  ///< it does not run any more
  gone,         ///< another image runs, and it is not known why
};

struct Finding {
  Sight sight{Sight::gone};
  UpdateError reason{UpdateError::none};
};

struct Row {
  std::string_view state;
  enum class Runs : std::uint8_t { any, yes } runs;
  Sight sight;
};

// The first row that fits one of the slots with the image. The same image may have run before, in the other
// slot: so `good` comes last.
constexpr std::array rows{
    Row{"staged", Row::Runs::any, Sight::waits},
    Row{"trying", Row::Runs::any, Sight::on_trial},
    Row{"bad", Row::Runs::any, Sight::rolled_back},
    Row{"good", Row::Runs::yes, Sight::confirmed},
};

Finding find_image(const wire::DeviceStatus& status, wire::Command command,
                   const crypto::Sha256Digest& image) {
  const wire::KindStatus& kind = command == wire::Command::filesystem ? status.filesystem : status.firmware;
  for (const Row& row : rows) {
    for (const wire::SlotStatus& slot : kind.slots) {
      if (slot.sha256 != image || slot.state.view() != row.state) continue;
      if (row.runs == Row::Runs::yes && &slot != kind.running_slot()) continue;
      const bool kept = row.sight == Sight::confirmed && slot.reason != UpdateError::none;
      return {kept ? Sight::kept : row.sight, slot.reason};
    }
  }
  // A device may have forgotten the image, but not yet what became of it.
  const wire::LastUpdate& last = status.update;
  const bool same = std::equal(last.image_prefix.begin(), last.image_prefix.end(), image.begin());
  if (same && last.result.view() == "rolled_back") return {Sight::rolled_back, last.cause};
  return {};
}

/// The password will not become right by asking again; and each time counts as a wrong try.
bool is_final(UpdateError code) {
  return code == UpdateError::wrong_password || code == UpdateError::password_needed ||
         code == UpdateError::encryption_required;
}

/// Whether the device did not say so: nobody was there, or the connection broke.
bool is_silence(UpdateError code) {
  return code == UpdateError::no_answer || code == UpdateError::no_connection ||
         code == UpdateError::connection_lost || code == UpdateError::stalled ||
         code == UpdateError::no_route || code == UpdateError::network_failed;
}

std::string because(UpdateError reason) {
  return reason == UpdateError::none ? std::string{} : fmt::format(": {}", describe(reason).text);
}

std::string_view predicate_of(Presence presence) {
  switch (presence) {
    case Presence::away:
      return "cannot be reached";
    case Presence::network_only:
      return "answers, but nobody listens on its OTA port: has the new sketch no ArduinoOTA?";
    case Presence::there:
      return "comes and goes: it may restart over and over";
  }
  return "";
}

long long whole_seconds(milliseconds duration) {
  return std::chrono::duration_cast<seconds>(duration).count();
}

}  // namespace

ConfirmCourse::ConfirmCourse(ReturnPlan plan, milliseconds return_timeout, Instant now)
    : plan_{std::move(plan)},
      return_timeout_{return_timeout},
      begin_{now},
      now_{now},
      ask_at_{now + first_interval},
      heard_{now} {}

void ConfirmCourse::status(Instant now, const wire::DeviceStatus& status) {
  now_ = now;
  const auto [sight, reason] =
      find_image(status, plan_.command, plan_.image_sha256.value_or(crypto::Sha256Digest{}));
  if (sight == Sight::waits) {
    if (now < heard_ + return_timeout_) return ask_again();
    return fail(UpdateError::not_back, fmt::format("{} took the image, but has not restarted within {} s",
                                                   plan_.device_text, whole_seconds(return_timeout_)));
  }
  heard_ = now;
  stage_ = Stage::confirm;
  proof_ = sight == Sight::on_trial || sight == Sight::kept ? Proof::running : Proof::taken;
  const std::string& device = plan_.device_text;
  switch (sight) {
    case Sight::waits:
      return;
    case Sight::on_trial:
      return on_trial(status, reason);
    case Sight::confirmed:
      outcome_ = ReturnOutcome{std::nullopt, Proof::confirmed};
      return;
    case Sight::kept:
      return fail(reason, fmt::format("{} keeps the new image for want of another, but it failed its trial{}",
                                      device, because(reason)));
    case Sight::rolled_back:
      return fail(
          reason == UpdateError::none ? UpdateError::not_confirmed : reason,
          fmt::format("{} tried the new image and rolled back to the one before{}", device, because(reason)));
    case Sight::gone:
      return fail(UpdateError::other_image,
                  fmt::format("{} runs another image than the one it took", device));
  }
}

void ConfirmCourse::on_trial(const wire::DeviceStatus& status, UpdateError last_reason) {
  const milliseconds one_start = seconds{status.trial_period_s} + start_margin;
  if (!trial_end_) trial_end_ = now_ + std::max<int>(status.trial_attempts, 1) * one_start;
  if (now_ < *trial_end_) return ask_again();
  fail(UpdateError::still_on_trial,
       fmt::format("{} runs the new image, but has not confirmed it in start {} of {}, {} s each{}",
                   plan_.device_text, status.trial_used, status.trial_attempts, status.trial_period_s,
                   because(last_reason)));
}

void ConfirmCourse::no_status(Instant now, const PushFailure& why) {
  now_ = now;
  if (is_final(why.code)) return fail(why.code, why.message + "; what became of the image is not known");
  if (now < heard_ + return_timeout_) return ask_again();
  const long long waited = whole_seconds(return_timeout_);
  if (is_silence(why.code)) {
    return fail(UpdateError::not_back,
                fmt::format("{} took the image, but has not been heard of for {} s: {}", plan_.device_text,
                            waited, why.message));
  }
  fail(why.code, fmt::format("{} took the image, but has not told for {} s what it runs: {}",
                             plan_.device_text, waited, why.message));
}

void ConfirmCourse::ask_again() {
  ask_at_ = now_ + (now_ < begin_ + first_phase ? first_interval : next_interval);
}

void ConfirmCourse::fail(UpdateError code, std::string message) {
  outcome_ = ReturnOutcome{make_failure(code, stage_, std::move(message)), proof_};
}

ReachCourse::ReachCourse(ReturnPlan plan, milliseconds return_timeout, Instant now)
    : plan_{std::move(plan)},
      return_timeout_{return_timeout},
      begin_{now},
      ask_at_{now + interval},
      there_since_{now} {}

void ReachCourse::seen(Instant now, Presence presence) {
  if (presence != Presence::there) was_gone_ = true;
  if (presence == Presence::there && presence_ != Presence::there) there_since_ = now;
  presence_ = presence;
  ask_at_ = now + interval;
  const milliseconds long_enough = was_gone_ ? steady_time : std::min(never_gone_time, return_timeout_);
  if (presence == Presence::there && now >= there_since_ + long_enough) {
    outcome_ = ReturnOutcome{std::nullopt, Proof::reachable};
  } else if (now >= begin_ + return_timeout_) {
    outcome_ =
        ReturnOutcome{make_failure(UpdateError::not_back, Stage::reboot,
                                   fmt::format("{} took the image; {} s later it {}", plan_.device_text,
                                               whole_seconds(return_timeout_), predicate_of(presence))),
                      Proof::taken};
  }
}

}  // namespace airlift::cli
