#include <algorithm>
#include <array>
#include <vector>

#include "airlift/codec/text.hpp"
#include "boot_report.hpp"
#include "status.hpp"

namespace airlift::device {
namespace {

using Row = std::vector<std::string>;

constexpr std::array<image::Kind, image::kinds> all_kinds{image::Kind::firmware, image::Kind::filesystem};

/// Lines with aligned columns, without blanks at their ends. Rows may be short.
std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string short_name(image::Kind kind) {
  return kind == image::Kind::firmware ? "firmware" : "filesystem";
}

std::string trial_text(const boot::BootRecord& record) {
  if (!record.has_candidate()) return "nothing is on trial";
  std::string what;
  for (const image::Kind kind : all_kinds) {
    const boot::SlotId slot = record.of(kind).candidate;
    if (slot == boot::SlotId::none) continue;
    what += (what.empty() ? "" : " and ") + short_name(kind) + " " + std::string{name_of(slot)};
  }
  return record.on_trial() ? what + ", attempt " + std::to_string(record.attempts)
                           : what + " is tried at the next start";
}

std::string retired_text(const boot::BootRecord& record) {
  std::string text;
  for (const crypto::KeyId& id : record.retired.view()) {
    text += (text.empty() ? "" : " ") + std::string{codec::view(codec::to_hex(id))};
  }
  return text.empty() ? "none" : text;
}

std::string use_of(const boot::BootRecord::Slots& slots, boot::SlotId slot) {
  if (slot == slots.active) return "active";
  return slot == slots.candidate ? "candidate" : "";
}

void add_slot(std::vector<Row>& rows, const DeviceStatus& status, image::Kind kind, boot::SlotId slot) {
  const boot::BootRecord::Slots& slots = status.record.of(kind);
  const boot::SlotInfo& info = slots.at(slot);
  Row row{short_name(kind) + " " + std::string{name_of(slot)}, std::string{name_of(info.state)},
          use_of(slots, slot)};
  if (!info.image.empty()) {
    row.push_back(std::to_string(info.image.size_bytes));
    row.push_back(info.version.empty() ? "-" : std::string{info.version});
    row.push_back(std::string{codec::view(codec::to_hex(info.image.sha256))});
  }
  rows.push_back(row);
}

std::string reasons_text(const boot::BootRecord& record) {
  std::string text;
  for (const image::Kind kind : all_kinds) {
    for (const boot::SlotId slot : {boot::SlotId::a, boot::SlotId::b}) {
      const boot::SlotInfo& info = record.of(kind).at(slot);
      if (info.reason == UpdateError::none) continue;
      const std::string what = info.state == boot::SlotState::bad ? " was given up: " : ", last attempt: ";
      text += short_name(kind) + " " + std::string{name_of(slot)} + what + sentence_of(info.reason) + "\n";
    }
  }
  return text.empty() ? text : "\n" + text;
}

/// The version, or else the first digits of the SHA-256.
std::string image_text(const boot::DigestPrefix& digest, const image::VersionText& version) {
  if (!version.empty()) return std::string{version};
  if (digest == boot::DigestPrefix{}) return "-";
  return std::string{codec::view(codec::to_hex(digest))}.substr(0, 8);
}

std::string history_text(const boot::RecentUpdates& history) {
  if (history.count == 0) return "no updates yet\n";
  std::vector<Row> rows{{"TIME", "KIND", "FROM", "TO", "RESULT", "SOURCE", "CAUSE"}};
  for (const boot::HistoryEntry& entry : history.view()) {
    const std::string time = time_text(entry.time_s);
    rows.push_back({time.empty() ? "unknown" : time, short_name(entry.kind),
                    image_text(entry.from, entry.from_version), image_text(entry.to, entry.to_version),
                    std::string{name_of(entry.result)}, std::string{entry.source},
                    entry.cause == UpdateError::none ? "" : std::string{describe(entry.cause).text}});
  }
  return table(rows);
}

std::string start_text(const DeviceStatus& status) {
  const std::string mode = status.mode.empty() ? "" : status.mode + " mode, ";
  return mode + "starts in a row without 60 s of good running: " + std::to_string(status.resets);
}

std::string last_check_text(const UpdateNote& note) {
  const std::string last = note.text("last");
  if (last.empty()) return "none yet";
  const std::string time = time_text(note.number("last.time"));
  const std::string version = note.text("last.version");
  return last + " from " + note.text("host") + (version.empty() ? "" : ", offered " + version) +
         (time.empty() ? "" : ", " + time);
}

std::string next_check_text(const UpdateNote& note) {
  if (note.text("state") != "waiting") return "one is on: " + note.text("state");
  const std::string time = time_text(note.number("next.time"));
  return time.empty() ? "when somebody asks for it" : time;
}

}  // namespace

std::string status_text(const DeviceStatus& status) {
  const boot::BootRecord& record = status.record;
  std::vector<Row> facts{{"device", status.running ? "running" : "not running"},
                         {"state directory", status.state_directory},
                         {"start-up", start_text(status)},
                         {"trial", trial_text(record)},
                         {"security floor", std::to_string(record.security_floor)},
                         {"retired keys", retired_text(record)},
                         {"largest image", std::to_string(status.largest_image_bytes) + " bytes"}};
  if (status.update) {
    facts.push_back({"last check", last_check_text(*status.update)});
    facts.push_back({"next check", next_check_text(*status.update)});
  }
  if (!status.has_record) facts.push_back({"boot record", sentence_of(UpdateError::no_boot_record)});
  std::vector<Row> slots{{"SLOT", "STATE", "USE", "BYTES", "VERSION", "SHA-256"}};
  for (const image::Kind kind : all_kinds) {
    for (const boot::SlotId slot : {boot::SlotId::a, boot::SlotId::b}) add_slot(slots, status, kind, slot);
  }
  return table(facts) + "\n" + table(slots) + reasons_text(record) + "\n" + history_text(status.history);
}

}  // namespace airlift::device
