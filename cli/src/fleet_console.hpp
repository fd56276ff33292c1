#pragma once
// Many devices on a terminal: a line for each that runs and a summary, redrawn in place; what has ended
// scrolls away above. Not for -q and -d.

#include <optional>
#include <vector>

#include "push_console.hpp"

namespace airlift::cli {

class FleetConsole final : public FleetView {
 public:
  static constexpr milliseconds redraw_interval{100};

  explicit FleetConsole(Show show) : show_{std::move(show)} {}

  void resting(const FleetDevice& device, milliseconds rest) override;
  void finished(const FleetDevice& device) override;
  void tick(const FleetDevices& devices, Instant now) override;
  void give_way() override;

 private:
  Show show_;
  std::optional<Instant> begin_;
  Instant next_draw_{};
  int lines_drawn_{0};
};

/// The lines of the moment, none longer than `columns`, at most `most_lines` with the summary, which stands
/// last.
[[nodiscard]] std::vector<std::string> live_lines(const FleetDevices& devices, milliseconds elapsed,
                                                  int columns, int most_lines);

}  // namespace airlift::cli
