#include "push_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "airlift_posix/address.hpp"
#include "hex_text.hpp"
#include "progress.hpp"
#include "text_table.hpp"

namespace airlift::cli {
namespace {

using State = Schedule::State;

std::string_view protocol_text(Protocol protocol) {
  switch (protocol) {
    case Protocol::unknown:
      return "-";
    case Protocol::old:
      return "old";
    case Protocol::extension:
      return "airlift";
  }
  return "-";
}

std::string result_text(const FleetDevice& device) {
  if (device.state == State::skipped) return "not tried";
  if (device.report.failure) return "failed";
  return std::string{proof_text(device.report.proof)};
}

/// The beginning of the digest is enough to compare by eye.
std::string image_text(const UploadReport& report) {
  constexpr std::size_t shown{12};
  return report.image_sha256 ? hex(*report.image_sha256).substr(0, shown) : "-";
}

std::string error_text(const FleetDevice& device) {
  const auto& failure = device.report.failure;
  if (!failure || device.state == State::skipped) return "-";
  return fmt::format("{}: {}", to_text(failure->stage), describe(failure->code).name);
}

TextRow row_of(const FleetDevice& device) {
  const UploadReport& report = device.report;
  return {printable(report.target.name),
          report.device.port == 0 ? "-" : posix::to_text(report.device),
          std::string{protocol_text(report.protocol)},
          result_text(device),
          image_text(report),
          duration_text(report.duration),
          error_text(device)};
}

double bytes_per_second(const FleetDevice& device) {
  const double elapsed = std::chrono::duration<double>{device.transfer_time}.count();
  return elapsed > 0 ? device.report.taken_bytes / elapsed : 0;
}

}  // namespace

std::string_view doing(Stage stage) {
  switch (stage) {
    case Stage::file:
    case Stage::listen:
    case Stage::resolve:
    case Stage::route:
      return "looking for it";
    case Stage::invite:
      return "inviting";
    case Stage::authenticate:
      return "proving the password";
    case Stage::connect:
      return "connecting";
    case Stage::transfer:
      return "sending";
    case Stage::verify:
      return "waiting for its verdict";
    case Stage::reboot:
      return "waiting until it is back";
    case Stage::confirm:
      return "waiting until it confirms the image";
  }
  return "";
}

std::string_view proof_text(Proof proof) {
  switch (proof) {
    case Proof::none:
      return "did not take it";
    case Proof::taken:
      return "took it; not waited for (--no-wait)";
    case Proof::waits:
      return "waits for the other image of its bundle";
    case Proof::reachable:
      return "is back (an old device cannot tell what it runs)";
    case Proof::running:
      return "runs it, on trial";
    case Proof::confirmed:
      return "runs it, confirmed";
  }
  return "";
}

std::string success_text(const UploadReport& report, std::string_view file) {
  return fmt::format("{} {}: {} ({}), {}", printable(report.target.name), proof_text(report.proof), file,
                     size_text(report.size_bytes), duration_text(report.duration));
}

std::vector<std::string> hints_of(const PushFailure& failure) {
  std::vector<std::string> hints;
  for (const std::string& cause : failure.causes)
    hints.push_back(fmt::format("{}. {}", hints.size() + 1, cause));
  if (hints.empty() && !failure.advice.empty()) hints.push_back(failure.advice);
  return hints;
}

std::string device_line(const FleetDevice& device, std::size_t name_columns, int columns) {
  std::string name = printable(device.report.target.name);
  name.resize(name_columns, ' ');
  const int left = columns - static_cast<int>(name_columns) - 2;
  const Progress progress{device.report.taken_bytes, device.report.size_bytes, device.transfer_time};
  const bool bar =
      device.state == State::running && device.stage == Stage::transfer && progress.size_bytes > 0;
  const std::string_view what =
      device.state == State::resting ? "failed, rests before the next try" : doing(device.stage);
  const std::string line = name + "  " + (bar ? progress_bar(progress, left) : std::string{what});
  return line.substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
}

std::string summary_line(const FleetDevices& devices, milliseconds elapsed) {
  double rate{0};
  for (const FleetDevice& device : devices) {
    if (device.state == State::running && device.stage == Stage::transfer) rate += bytes_per_second(device);
  }
  const std::size_t failed = count(devices, State::failed);
  const std::size_t skipped = count(devices, State::skipped);
  std::string line = fmt::format("{} of {} done", count(devices, State::succeeded), devices.size());
  if (failed > 0) line += fmt::format(", {} failed", failed);
  if (skipped > 0) line += fmt::format(", {} not tried", skipped);
  if (const std::size_t running = count(devices, State::running))
    line += fmt::format(", {} running", running);
  const std::size_t to_go = count(devices, State::queued) + count(devices, State::resting);
  if (to_go > 0) line += fmt::format(", {} to go", to_go);
  if (rate > 0) line += fmt::format(", {}/s", size_text(rate));
  return line + ", " + duration_text(elapsed);
}

std::string result_table(const FleetDevices& devices) {
  std::vector<TextRow> rows{{"DEVICE", "ADDRESS", "PROTOCOL", "RESULT", "IMAGE", "TIME", "ERROR"}};
  for (const FleetDevice& device : devices) rows.push_back(row_of(device));
  return text_table(rows);
}

std::size_t count(const FleetDevices& devices, State state) {
  return static_cast<std::size_t>(std::count_if(
      devices.begin(), devices.end(), [state](const FleetDevice& device) { return device.state == state; }));
}

}  // namespace airlift::cli
