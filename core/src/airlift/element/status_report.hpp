#pragma once
// What the device tells about itself when it is asked for its status.

#include "airlift/element/trial.hpp"
#include "airlift/port/system.hpp"
#include "airlift/wire/device_status.hpp"

namespace airlift::element {

class StatusReport {
 public:
  /// Both outlive the report.
  StatusReport(const boot::SlotStore& store, boot::History& history) : store_{store}, history_{history} {}

  /// The same until the next start of the device. Outcomes: ok; no_entropy: it has no boot id.
  [[nodiscard]] Status start(std::string_view board_id, const TrialSettings& trial, port::Entropy& entropy);
  /// As advertised.
  void set_name(std::string_view name);

  /// Reads the journal of updates.
  [[nodiscard]] wire::DeviceStatus make();

 private:
  void describe_slots(image::Kind kind, wire::KindStatus& into) const;
  void describe_last_update(wire::LastUpdate& into);

  const boot::SlotStore& store_;
  boot::History& history_;
  wire::DeviceStatus constant_;  ///< what does not change while the device runs
};

}  // namespace airlift::element
