#pragma once
// A push for programs: JSON events, one a line, and exit codes. docs/cli.md promises both.

#include <map>
#include <optional>
#include <string>

#include "fleet_view.hpp"

namespace airlift::cli {

/// Of one device.
[[nodiscard]] int exit_code_of(const UploadReport& report);
/// Of a whole push: 0 all, 1 some failed, the code of the failures when no device succeeded and all failed
/// alike.
[[nodiscard]] int exit_code_of(const FleetDevices& devices);

/// Events on standard output.
class PushEvents final : public FleetView {
 public:
  /// `file` is the one that is uploaded.
  explicit PushEvents(std::string file) : file_{std::move(file)} {}

  void found(const FleetDevice& device) override;
  void entered(const FleetDevice& device) override;
  void progress(const FleetDevice& device, Instant now) override;
  void resting(const FleetDevice& device, milliseconds rest) override;
  void finished(const FleetDevice& device) override;

 private:
  std::string file_;
  std::map<Schedule::Id, Instant> told_;  ///< when its progress was said last
};

// The lines themselves, without a line end.
[[nodiscard]] std::string found_event(const FleetDevice& device);
[[nodiscard]] std::string stage_event(const FleetDevice& device);
[[nodiscard]] std::string progress_event(const FleetDevice& device);
[[nodiscard]] std::string retry_event(const FleetDevice& device, milliseconds rest);
[[nodiscard]] std::string finished_event(const FleetDevice& device, std::string_view file);
/// The last line.
[[nodiscard]] std::string summary_event(const FleetDevices& devices, milliseconds duration, int exit_code);
/// The only line when the push could not begin.
[[nodiscard]] std::string summary_event(const PushFailure& failure, std::string_view file);

}  // namespace airlift::cli
