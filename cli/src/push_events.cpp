#include "push_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "exit_code.hpp"
#include "hex_text.hpp"
#include "push_text.hpp"
#include "result_json.hpp"

namespace airlift::cli {
namespace {

using State = Schedule::State;

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

Json event_of(std::string_view name, const FleetDevice& device) {
  Json json;
  json["event"] = name;
  json["device"] = device_json(device.report.target.name, device.report.device);
  return json;
}

UpdateError code_of(const UploadReport& report) {
  return report.failure ? report.failure->code : UpdateError::none;
}

std::string_view proof_word(Proof proof) {
  constexpr std::array<std::string_view, 6> words{"none",      "taken",   "waits",
                                                  "reachable", "running", "confirmed"};
  return words[static_cast<std::size_t>(proof)];
}

}  // namespace

int exit_code_of(const UploadReport& report) {
  return report.failure ? exit_code_of(*report.failure) : 0;
}

int exit_code_of(const FleetDevices& devices) {
  std::optional<int> common;
  for (const FleetDevice& device : devices) {
    if (device.state == State::skipped) continue;
    const int code = exit_code_of(device.report);
    if (common.value_or(code) != code) return 1;
    common = code;
  }
  const bool incomplete = count(devices, State::skipped) > 0;
  return incomplete && common.value_or(0) == 0 ? 1 : common.value_or(0);
}

std::string found_event(const FleetDevice& device) {
  Json json = event_of("found", device);
  json["board"] = device.report.target.board.empty() ? Json{} : Json(device.report.target.board);
  return to_line(json);
}

std::string stage_event(const FleetDevice& device) {
  Json json = event_of("stage", device);
  json["stage"] = to_text(device.stage);
  return to_line(json);
}

std::string progress_event(const FleetDevice& device) {
  Json json = event_of("progress", device);
  json["taken_bytes"] = device.report.taken_bytes;
  json["size_bytes"] = device.report.size_bytes;
  return to_line(json);
}

std::string retry_event(const FleetDevice& device, milliseconds rest) {
  Json json = event_of("retry", device);
  add_code(json, code_of(device.report));
  json["tries"] = device.tries;
  json["rest_ms"] = rest.count();
  return to_line(json);
}

std::string finished_event(const FleetDevice& device, std::string_view file) {
  const UploadReport& report = device.report;
  Json json;
  json["event"] = "finished";
  if (device.state == State::skipped) {
    json["result"] = "not_tried";
    json["code"] = "not_tried";
    json["number"] = 0;
  } else {
    add_code(json, code_of(report));
    if (report.failure) add_failure(json, *report.failure);
  }
  json["device"] = device_json(report.target.name, report.device);
  json["file"] = file;
  json["size_bytes"] = report.size_bytes;
  json["sent_bytes"] = report.sent_bytes;
  json["duration_ms"] = report.duration.count();
  json["tries"] = device.tries;
  json["protocol"] = protocol_word(report.protocol);
  json["encrypted"] = report.encrypted;
  json["compressed"] = report.compressed;
  json["resumed"] = report.resumed;
  json["taken_bytes"] = report.taken_bytes;
  json["transfer_ms"] = report.transfer_time.count();
  json["proof"] = proof_word(report.proof);
  if (report.image_sha256) json["image_sha256"] = hex(*report.image_sha256);
  return to_line(json);
}

std::string summary_event(const FleetDevices& devices, milliseconds duration, int exit_code) {
  Json json;
  json["event"] = "summary";
  json["result"] = exit_code == 0 ? "ok" : "error";
  // The failures' common code, as far as there is one.
  std::optional<std::string_view> code;
  for (const FleetDevice& device : devices) {
    if (!device.report.failure || device.state == State::skipped) continue;
    const std::string_view name = describe(device.report.failure->code).name;
    code = code.value_or(name) == name ? name : "several";
  }
  json["code"] = code.value_or(exit_code == 0 ? "ok" : "cancelled");
  json["devices"] = devices.size();
  json["succeeded"] = count(devices, State::succeeded);
  json["failed"] = count(devices, State::failed);
  json["not_tried"] = count(devices, State::skipped);
  json["duration_ms"] = duration.count();
  json["exit_code"] = exit_code;
  return to_line(json);
}

std::string summary_event(const PushFailure& failure, std::string_view file) {
  Json json;
  json["event"] = "summary";
  add_code(json, failure.code);
  add_failure(json, failure);
  json["file"] = file;
  UploadReport report;
  report.failure = failure;
  json["exit_code"] = exit_code_of(report);
  return to_line(json);
}

void PushEvents::found(const FleetDevice& device) {
  say(found_event(device));
}

void PushEvents::entered(const FleetDevice& device) {
  say(stage_event(device));
}

void PushEvents::progress(const FleetDevice& device, Instant now) {
  constexpr seconds interval{1};
  const auto told = told_.find(device.id);
  if (told != told_.end() && now < told->second + interval) return;
  told_.insert_or_assign(device.id, now);
  say(progress_event(device));
}

void PushEvents::resting(const FleetDevice& device, milliseconds rest) {
  say(retry_event(device, rest));
}

void PushEvents::finished(const FleetDevice& device) {
  say(finished_event(device, file_));
}

}  // namespace airlift::cli
