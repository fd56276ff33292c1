#include <nlohmann/json.hpp>

#include "airlift/codec/text.hpp"
#include "status.hpp"

namespace airlift::device {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(std::string_view text) {
  return text.empty() ? Json{} : Json(std::string{text});
}

template <std::size_t N>
Json hex(const std::array<std::uint8_t, N>& bytes) {
  return std::string{codec::view(codec::to_hex(bytes))};
}

Json slot_name(boot::SlotId slot) {
  return slot == boot::SlotId::none ? Json{} : Json(std::string{name_of(slot)});
}

std::string kind_name(image::Kind kind) {
  return kind == image::Kind::firmware ? "firmware" : "filesystem";
}

Json slot(const boot::SlotInfo& info) {
  Json json{{"state", name_of(info.state)}};
  const bool filled = !info.image.empty();
  json["size_bytes"] = filled ? Json(info.image.size_bytes) : Json{};
  json["version"] = text_or_null(info.version);
  json["sha256"] = filled ? hex(info.image.sha256) : Json{};
  json["security_counter"] = info.security_counter;
  json["bundle"] = info.bundle_id == 0 ? Json{} : Json(info.bundle_id);
  json["reason"] = error_json(info.reason);
  return json;
}

Json slots_of(const boot::BootRecord& record, image::Kind kind) {
  const boot::BootRecord::Slots& slots = record.of(kind);
  return {{"active", slot_name(slots.active)},
          {"candidate", slot_name(slots.candidate)},
          {"slots", {{"A", slot(slots.at(boot::SlotId::a))}, {"B", slot(slots.at(boot::SlotId::b))}}}};
}

/// Null when nothing is known of the image.
Json image_text(const boot::DigestPrefix& digest, const image::VersionText& version) {
  if (digest == boot::DigestPrefix{} && version.empty()) return {};
  return {{"version", text_or_null(version)}, {"sha256_start", hex(digest)}};
}

Json update(const boot::HistoryEntry& entry) {
  return {{"number", entry.number},
          {"time", text_or_null(time_text(entry.time_s))},
          {"kind", kind_name(entry.kind)},
          {"slot", slot_name(entry.slot)},
          {"from", image_text(entry.from, entry.from_version)},
          {"to", image_text(entry.to, entry.to_version)},
          {"source", text_or_null(entry.source)},
          {"result", name_of(entry.result)},
          {"cause", error_json(entry.cause)}};
}

/// Null when no update element runs.
Json check(const std::optional<UpdateNote>& note) {
  if (!note) return {};
  return {{"state", text_or_null(note->text("state"))},
          {"host", text_or_null(note->text("host"))},
          {"channel", text_or_null(note->text("channel"))},
          {"last", text_or_null(note->text("last"))},
          {"last_time", text_or_null(time_text(note->number("last.time")))},
          {"last_version", text_or_null(note->text("last.version"))},
          {"next_time", text_or_null(time_text(note->number("next.time")))}};
}

}  // namespace

Json error_json(UpdateError error) {
  if (error == UpdateError::none) return {};
  const ErrorInfo& info = describe(error);
  return {{"number", number_of(error)}, {"name", info.name}, {"text", info.text}, {"advice", info.advice}};
}

std::string status_json(const DeviceStatus& status) {
  const boot::BootRecord& record = status.record;
  Json json{{"format", 1},
            {"state_directory", status.state_directory},
            {"running", status.running},
            {"mode", text_or_null(status.mode)},
            {"resets_in_a_row", status.resets},
            {"boot_record", status.has_record},
            {"on_trial", record.on_trial()},
            {"attempts", record.attempts},
            {"security_floor", record.security_floor},
            {"largest_image_bytes", status.largest_image_bytes}};
  json["retired_keys"] = Json::array();
  for (const crypto::KeyId& id : record.retired.view()) json["retired_keys"].push_back(hex(id));
  json["firmware"] = slots_of(record, image::Kind::firmware);
  json["filesystem"] = slots_of(record, image::Kind::filesystem);
  json["update"] = check(status.update);
  json["history"] = Json::array();
  for (const boot::HistoryEntry& entry : status.history.view()) json["history"].push_back(update(entry));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace airlift::device
