#include "status_round.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "airlift_posix/address.hpp"
#include "diagnosis.hpp"

namespace airlift::cli {

StatusRound::StatusRound(posix::EventLoop& loop, const Interrupt& interrupt, const UploadOptions& options,
                         TargetRequest request, Trace trace)
    : loop_{loop},
      interrupt_{interrupt},
      options_{options},
      names_{request.names},
      trace_{std::move(trace)},
      finder_{loop, std::move(request)} {}

std::vector<DeviceAnswer> StatusRound::run() {
  constexpr milliseconds turn{1000};
  while (!interrupt_.requested() && !finished()) {
    loop_.iterate(turn);
    for (Finding& finding : finder_.take_findings()) ask(std::move(finding));
  }
  if (interrupt_.requested()) cancel();
  return in_order();
}

bool StatusRound::finished() const {
  return finder_.finished() &&
         std::all_of(asked_.begin(), asked_.end(), [](const Asked& each) { return each.ended; });
}

void StatusRound::ask(Finding finding) {
  Asked& asked = asked_.emplace_back();
  asked.asked = finding.asked;
  asked.device.target = std::move(finding.target);
  if (finding.failure) {
    asked.device.target.name = finding.asked;
    asked.device.answer.failure = std::move(finding.failure);
    asked.ended = true;
    return;
  }
  StatusQuery::Watcher watcher;
  if (trace_) watcher.trace = [this, &asked](std::string_view text) { trace_(asked.asked, text); };
  asked.query =
      std::make_unique<StatusQuery>(loop_, keys_, options_, asked.device.target, std::move(watcher),
                                    [this, &asked](const StatusAnswer& answer) { take(asked, answer); });
}

/// A device without the extension does not answer: whether it is there must be seen in another way.
void StatusRound::take(Asked& asked, const StatusAnswer& answer) {
  asked.device.answer = answer;
  asked.ended = !answer.failure || answer.failure->code != UpdateError::no_answer;
  if (asked.ended) return;
  const auto from = posix::parse_address(options_.host_address).value_or(port::IpAddress{});
  asked.probe = std::make_unique<PresenceProbe>(loop_, from, answer.device,
                                                [this, &asked](Presence presence) { take(asked, presence); });
}

void StatusRound::take(Asked& asked, Presence presence) {
  asked.ended = true;
  if (presence != Presence::there) return;
  asked.device.answer.failure = make_failure(
      UpdateError::extension_missing, Stage::invite,
      fmt::format("{} is there, but does not tell its status: it does not speak Airlift's extension",
                  device_text(asked.device.target.name, {&asked.device.answer.device, 1})));
  asked.device.answer.failure->advice =
      "Devices with ArduinoOTA tell nothing about themselves; airlift doctor tries whether they can be "
      "updated.";
}

void StatusRound::cancel() {
  for (const std::string& name : finder_.give_up()) {
    asked_.emplace_back().asked = name;
    asked_.back().device.target.name = name;
  }
  for (Asked& each : asked_) {
    if (each.ended) continue;
    each.query.reset();
    each.probe.reset();
    each.device.answer.failure = make_failure(UpdateError::cancelled, Stage::invite, "cancelled");
  }
}

std::vector<DeviceAnswer> StatusRound::in_order() const {
  std::vector<const Asked*> order;
  for (const Asked& each : asked_) order.push_back(&each);
  std::stable_sort(order.begin(), order.end(), [this](const Asked* a, const Asked* b) {
    return std::find(names_.begin(), names_.end(), a->asked) <
           std::find(names_.begin(), names_.end(), b->asked);
  });
  std::vector<DeviceAnswer> result;
  for (const Asked* each : order) {
    DeviceAnswer& device = result.emplace_back(each->device);
    if (!device.answer.failure) continue;
    const Attempt attempt{device.answer.device, Protocol::extension, device.answer.listening_at, 0};
    device.answer.failure->causes =
        likely_causes(*device.answer.failure, attempt, options_, host_facts(device.answer.device));
  }
  return result;
}

}  // namespace airlift::cli
