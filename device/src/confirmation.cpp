#include "confirmation.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "boot_report.hpp"
#include "notify_socket.hpp"
#include "status.hpp"

namespace airlift::device {
namespace {

constexpr std::chrono::seconds longest_wait{5};
constexpr std::chrono::milliseconds interval{50};

/// What became of those that were candidates in `before`, now that nothing is on trial any more.
std::string outcome(const boot::BootRecord& before, const boot::BootRecord& now) {
  for (const image::Kind kind : {image::Kind::firmware, image::Kind::filesystem}) {
    const boot::SlotId slot = before.of(kind).candidate;
    if (slot == boot::SlotId::none || now.of(kind).active == slot) continue;
    throw std::runtime_error{"not confirmed, the device has rolled back: " +
                             sentence_of(now.of(kind).at(slot).reason)};
  }
  return "confirmed";
}

}  // namespace

std::string confirm_from_outside(const std::string& state_directory) {
  const DeviceStatus before = read_status(state_directory);
  if (!before.record.on_trial()) return "nothing is on trial";
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  bool heard{false};
  while (std::chrono::steady_clock::now() < end) {
    const DeviceStatus status = read_status(state_directory);
    if (!status.record.on_trial()) return outcome(before.record, status.record);
    if (!status.running) {
      throw std::runtime_error{"not confirmed: the device does not run. Start it, then confirm again"};
    }
    // Again and again: the device may be between two starts.
    heard = send_notify(state_directory + "/run", "READY=1") || heard;
    std::this_thread::sleep_for(interval);
  }
  throw std::runtime_error{
      heard ? "not confirmed in time: the device does not take it. With \"confirm\": \"alive\" only time "
              "confirms; else its log says more"
            : "not confirmed: the device does not listen. Run this as the device's user or as root"};
}

}  // namespace airlift::device
