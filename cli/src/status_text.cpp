#include "status_text.hpp"

#include <fmt/format.h>

#include "hex_text.hpp"
#include "text_table.hpp"

namespace airlift::cli {
namespace {

constexpr std::string_view nothing{"-"};

std::string or_nothing(std::string_view text) {
  return printable(std::string{text.empty() ? nothing : text});
}

/// Its version, else the start of its digest.
std::string image_text(const wire::SlotStatus& slot) {
  if (!slot.version.empty()) return std::string{slot.version.view()};
  constexpr std::size_t shown_digits{8};
  return slot.sha256 ? hex(*slot.sha256).substr(0, shown_digits) : std::string{};
}

std::string because(UpdateError reason) {
  return reason == UpdateError::none ? "" : fmt::format(" ({})", describe(reason).name);
}

std::string slot_text(char name, const wire::SlotStatus& slot) {
  const std::string image = image_text(slot);
  return fmt::format("{} {}{}{}{}", name, slot.state.view(), image.empty() ? "" : " ", image,
                     because(slot.reason));
}

/// `A good 1.4, B bad 1.5 (not_confirmed)`
std::string slots_text(const wire::KindStatus& kind) {
  if (kind.capacity_bytes == 0) return std::string{nothing};
  return slot_text('A', kind.slots[0]) + ", " + slot_text('B', kind.slots[1]);
}

std::string running_text(const wire::KindStatus& kind) {
  const wire::SlotStatus* slot = kind.running_slot();
  return slot == nullptr ? std::string{nothing} : fmt::format("{} {}", kind.running, image_text(*slot));
}

std::string trial_text(const wire::DeviceStatus& status) {
  if (!status.on_trial) return std::string{nothing};
  return fmt::format("start {} of {}, {} s each", status.trial_used, status.trial_attempts,
                     status.trial_period_s);
}

std::string update_text(const wire::LastUpdate& update) {
  if (update.number == 0) return std::string{nothing};
  return fmt::format("{} {}{}", update.number, update.result.view(), because(update.cause));
}

}  // namespace

std::string status_table(const std::vector<DeviceAnswer>& devices) {
  std::vector<TextRow> rows{{"NAME", "BOARD", "RUNS", "TRIAL", "FIRMWARE", "FILESYSTEM", "LAST UPDATE"}};
  for (const auto& [target, answer] : devices) {
    if (answer.failure) continue;
    const wire::DeviceStatus& status = answer.status;
    rows.push_back({or_nothing(target.name), or_nothing(status.board.view()),
                    printable(running_text(status.firmware)), trial_text(status),
                    printable(slots_text(status.firmware)), printable(slots_text(status.filesystem)),
                    printable(update_text(status.update))});
  }
  return rows.size() == 1 ? std::string{} : text_table(rows);
}

}  // namespace airlift::cli
