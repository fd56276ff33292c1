// What the doctor found, for people and for programs.
#include <fmt/format.h>

#include "doctor.hpp"
#include "result_json.hpp"
#include "text_table.hpp"

namespace airlift::cli {
namespace {

std::string_view result_text(DoctorStep::Result result) {
  switch (result) {
    case DoctorStep::Result::ok:
      return "ok";
    case DoctorStep::Result::failed:
      return "failed";
    case DoctorStep::Result::not_tried:
      return "not tried";
  }
  return "";
}

std::string time_text(const DoctorStep& step) {
  if (step.result == DoctorStep::Result::not_tried) return "-";
  return fmt::format("{:.3f} s", std::chrono::duration<double>{step.duration}.count());
}

Json json_of(const DoctorStep& step) {
  Json json;
  json["step"] = step.name;
  json["result"] = result_text(step.result);
  json["duration_ms"] = step.duration.count();
  json["note"] = step.note;
  return json;
}

}  // namespace

std::string to_text(const DoctorReport& report) {
  std::vector<TextRow> rows{{"STAGE", "RESULT", "TIME", "SEEN"}};
  for (const DoctorStep& step : report.steps) {
    rows.push_back({step.name, std::string{result_text(step.result)}, time_text(step), printable(step.note)});
  }
  return text_table(rows);
}

std::string to_json(const DoctorReport& report) {
  Json json = device_json(report.target.name, report.device);
  json["protocol"] = protocol_word(report.protocol);
  add_code(json, report.failure ? report.failure->code : UpdateError::none);
  json["steps"] = Json::array();
  for (const DoctorStep& step : report.steps) json["steps"].push_back(json_of(step));
  if (report.failure) add_failure(json, *report.failure);
  return to_line(json);
}

}  // namespace airlift::cli
