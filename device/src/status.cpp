#include "status.hpp"

#include <array>
#include <ctime>
#include <stdexcept>

#include "boot_report.hpp"
#include "mode_note.hpp"
#include "state_directory.hpp"

namespace airlift::device {
namespace {

/// A device changes its record a few times per update; nobody catches it so often in a row.
constexpr int most_tries{20};

}  // namespace

DeviceStatus read_status(const std::string& state_directory) {
  StateDirectory state = StateDirectory::open_read_only(state_directory);
  boot::SlotStore& store = state.store();
  DeviceStatus status;
  status.state_directory = state_directory;
  status.running = StateDirectory::in_use(state_directory);
  if (status.running) {
    status.mode = noted_mode(state.run_directory());
    status.update = UpdateNote::read(state.run_directory());
  }
  status.resets = state.resets().read();
  status.largest_image_bytes = store.capacity_bytes(image::Kind::firmware);
  Status loaded = store.load();
  for (int i = 0; i < most_tries; ++i) {
    const std::uint32_t sequence = store.record().sequence;
    status.history = state.history().recent();
    // Read again: when the device has saved meanwhile, record and history may not belong together.
    loaded = store.load();
    if (loaded.ok() && store.record().sequence == sequence) break;
  }
  if (!loaded.ok() && loaded.error() != UpdateError::no_boot_record) {
    throw std::runtime_error{state_directory + ": " + sentence_of(loaded.error())};
  }
  status.has_record = loaded.ok();
  status.record = store.record();
  return status;
}

std::string time_text(std::uint64_t unix_seconds) {
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  if (unix_seconds == 0 || ::gmtime_r(&seconds, &parts) == nullptr) return {};
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace airlift::device
