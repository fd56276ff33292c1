#include "fleet_console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "push_text.hpp"
#include "terminal.hpp"

namespace airlift::cli {
namespace {

using State = Schedule::State;

constexpr std::size_t widest_name{24};

bool moves(const FleetDevice& device) {
  return device.state == State::running || device.state == State::resting;
}

}  // namespace

std::vector<std::string> live_lines(const FleetDevices& devices, milliseconds elapsed, int columns,
                                    int most_lines) {
  std::size_t name_columns{0};
  std::size_t moving{0};
  for (const FleetDevice& device : devices) {
    if (!moves(device)) continue;
    ++moving;
    name_columns = std::max(name_columns, std::min(device.report.target.name.size(), widest_name));
  }
  const auto room = static_cast<std::size_t>(std::max(most_lines - 1, 0));
  const std::size_t shown = moving <= room ? moving : std::max<std::size_t>(room, 1) - 1;
  std::vector<std::string> lines;
  for (const FleetDevice& device : devices) {
    if (lines.size() == shown) break;
    if (moves(device)) lines.push_back(device_line(device, name_columns, columns));
  }
  if (shown < moving && room > 0) lines.push_back(fmt::format("... and {} more", moving - shown));
  lines.push_back(
      summary_line(devices, elapsed).substr(0, static_cast<std::size_t>(std::max(columns - 1, 0))));
  return lines;
}

void FleetConsole::tick(const FleetDevices& devices, Instant now) {
  if (now < next_draw_) return;
  next_draw_ = now + redraw_interval;
  begin_ = begin_.value_or(now);
  // One line is kept for the cursor.
  const auto lines =
      live_lines(devices, now - *begin_, columns_of(STDERR_FILENO), lines_of(STDERR_FILENO) - 1);
  std::string frame = lines_drawn_ > 0 ? fmt::format("\x1b[{}A", lines_drawn_) : "";
  for (const std::string& line : lines) frame += "\r" + line + "\x1b[K\n";
  lines_drawn_ = static_cast<int>(lines.size());
  // In one write, so that nothing flickers. What was drawn below goes.
  fmt::print(stderr, "{}\x1b[J", frame);
}

void FleetConsole::give_way() {
  if (lines_drawn_ > 0) fmt::print(stderr, "\x1b[{}A\r\x1b[J", lines_drawn_);
  lines_drawn_ = 0;
  next_draw_ = {};
}

void FleetConsole::resting(const FleetDevice& device, milliseconds rest) {
  give_way();
  print_rest(device, rest);
}

void FleetConsole::finished(const FleetDevice& device) {
  give_way();
  print_outcome(device, show_);
}

}  // namespace airlift::cli
