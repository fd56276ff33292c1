#pragma once
// What a push to any number of devices tells those who show it.

#include <list>
#include <string_view>

#include "device_upload.hpp"
#include "schedule.hpp"

namespace airlift::cli {

/// One device of a push, as far as it has come.
struct FleetDevice {
  Schedule::Id id{0};
  std::string asked;  ///< as the user named it; the name it has when a pattern found it
  Schedule::State state{Schedule::State::queued};
  Stage stage{Stage::resolve};
  int tries{0};
  milliseconds transfer_time{0};  ///< of the present try, from its first byte on
  UploadReport report;            ///< of the last try; before the first: the target
};

using FleetDevices = std::list<FleetDevice>;  ///< in the order of their ids; addresses stay

/// Everything is said from the loop's turns.
class FleetView {
 public:
  virtual ~FleetView() = default;
  virtual void found(const FleetDevice&) {}
  virtual void entered(const FleetDevice&) {}  ///< its stage
  virtual void progress(const FleetDevice&, Instant /*now*/) {}
  virtual void trace(const FleetDevice&, std::string_view /*text*/) {}
  virtual void resting(const FleetDevice&, milliseconds /*rest*/) {}  ///< after a failed try
  virtual void finished(const FleetDevice&) {}
  virtual void tick(const FleetDevices&, Instant /*now*/) {
  }                           ///< after each turn, ten times a second at least
  virtual void give_way() {}  ///< something else is about to be printed
};

}  // namespace airlift::cli
