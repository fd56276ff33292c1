#include "airlift/element/status_report.hpp"

namespace airlift::element {
namespace {

wire::SlotStatus status_of(const boot::SlotInfo& slot) {
  wire::SlotStatus status;
  status.state = boot::name_of(slot.state);
  status.reason = slot.reason;
  if (!slot.image.empty()) status.sha256 = slot.image.sha256;
  status.version = wire::StatusVersion{slot.version.view()};
  return status;
}

}  // namespace

Status StatusReport::start(std::string_view board_id, const TrialSettings& trial, port::Entropy& entropy) {
  constant_.board = board_id;
  constant_.trial_period_s = static_cast<std::uint32_t>(trial.period.count());
  constant_.trial_attempts = trial.attempts;
  return entropy.fill(constant_.boot_id);
}

void StatusReport::set_name(std::string_view name) {
  constant_.name = name;
}

wire::DeviceStatus StatusReport::make() {
  wire::DeviceStatus status = constant_;
  status.on_trial = store_.record().on_trial();
  status.trial_used = store_.record().attempts;
  describe_slots(image::Kind::firmware, status.firmware);
  describe_slots(image::Kind::filesystem, status.filesystem);
  describe_last_update(status.update);
  return status;
}

void StatusReport::describe_slots(image::Kind kind, wire::KindStatus& into) const {
  const boot::BootRecord::Slots& slots = store_.record().of(kind);
  if (slots.running() != boot::SlotId::none) into.running = boot::name_of(slots.running()).front();
  into.capacity_bytes = store_.capacity_bytes(kind);
  for (std::size_t i = 0; i < slots.slots.size(); ++i) into.slots[i] = status_of(slots.slots[i]);
}

void StatusReport::describe_last_update(wire::LastUpdate& into) {
  const std::optional<boot::HistoryEntry> last = history_.newest();
  if (!last) return;
  into.number = last->number;
  into.result = boot::word_for(last->result);
  into.cause = last->cause;
  into.image_prefix = last->to;
}

}  // namespace airlift::element
