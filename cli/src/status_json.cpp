// Statuses as JSON.
#include "hex_text.hpp"
#include "result_json.hpp"
#include "status_text.hpp"

namespace airlift::cli {
namespace {

Json text_or_null(std::string_view text) {
  return text.empty() ? Json{} : Json(text);
}

Json reason_or_null(UpdateError reason) {
  return reason == UpdateError::none ? Json{} : Json(describe(reason).name);
}

Json json_of(const wire::SlotStatus& slot) {
  Json json;
  json["state"] = slot.state.view();
  json["reason"] = reason_or_null(slot.reason);
  json["sha256"] = slot.sha256 ? Json(hex(*slot.sha256)) : Json{};
  json["version"] = text_or_null(slot.version.view());
  return json;
}

/// Null: the device has no such images.
Json json_of(const wire::KindStatus& kind) {
  if (kind.capacity_bytes == 0) return {};
  Json json;
  json["running"] = kind.running == '-' ? Json{} : Json(std::string(1, kind.running));
  json["capacity_bytes"] = kind.capacity_bytes;
  json["slots"] = {{"A", json_of(kind.slots[0])}, {"B", json_of(kind.slots[1])}};
  return json;
}

Json json_of(const wire::LastUpdate& update) {
  if (update.number == 0) return {};
  Json json;
  json["number"] = update.number;
  json["result"] = update.result.view();
  json["cause"] = reason_or_null(update.cause);
  json["image"] = hex(update.image_prefix);
  return json;
}

void add_status(Json& json, const wire::DeviceStatus& status) {
  json["board"] = text_or_null(status.board.view());
  json["boot"] = hex(status.boot_id);
  json["trial"] = {{"running", status.on_trial},
                   {"period_s", status.trial_period_s},
                   {"attempts", status.trial_attempts},
                   {"used", status.trial_used}};
  json["firmware"] = json_of(status.firmware);
  json["filesystem"] = json_of(status.filesystem);
  json["update"] = json_of(status.update);
}

Json json_of(const DeviceAnswer& device) {
  const auto& [target, answer] = device;
  Json json = device_json(target.name, answer.device);
  add_code(json, answer.failure ? answer.failure->code : UpdateError::none);
  if (answer.failure) {
    add_failure(json, *answer.failure);
  } else {
    json["encrypted"] = answer.encrypted;
    add_status(json, answer.status);
  }
  return json;
}

}  // namespace

std::string status_json(const std::vector<DeviceAnswer>& devices) {
  Json json = Json::array();
  for (const DeviceAnswer& device : devices) json.push_back(json_of(device));
  return to_line(json);
}

}  // namespace airlift::cli
