// How an upload ended, for programs: JSON and exit code.
#include <array>
#include <nlohmann/json.hpp>

#include "airlift_posix/address.hpp"
#include "push_console.hpp"

namespace airlift::cli {
namespace {

struct ExitCode {
  UpdateError error;
  int code;
};

// What is not here failed in the transfer or after it: 1.
constexpr std::array exit_codes{
    ExitCode{UpdateError::name_not_found, 3},
    ExitCode{UpdateError::no_answer, 4},
    ExitCode{UpdateError::wrong_password, 5},
    ExitCode{UpdateError::password_needed, 5},
    ExitCode{UpdateError::refused, 6},
    ExitCode{UpdateError::no_space, 6},
    ExitCode{UpdateError::busy, 6},
    ExitCode{UpdateError::safe_mode, 6},
    ExitCode{UpdateError::trial_running, 6},
    ExitCode{UpdateError::too_many_tries, 6},
    ExitCode{UpdateError::no_connect_back, 7},
    ExitCode{UpdateError::listen_failed, 8},
    ExitCode{UpdateError::file_unreadable, 8},
    ExitCode{UpdateError::network_failed, 8},
    ExitCode{UpdateError::no_entropy, 8},
    ExitCode{UpdateError::cancelled, 130},  // as a shell reports SIGINT
};

}  // namespace

std::string to_json(const PushReport& report) {
  nlohmann::ordered_json json;
  json["result"] = report.failure ? "error" : "ok";
  const UpdateError code = report.failure ? report.failure->code : UpdateError::none;
  json["code"] = describe(code).name;
  json["number"] = number_of(code);
  if (report.failure) {
    json["stage"] = to_text(report.failure->stage);
    json["message"] = report.failure->message;
    json["advice"] = report.failure->advice;
    if (!report.failure->device_says.empty()) json["device_says"] = report.failure->device_says;
    if (report.failure->device_number != 0) json["device_number"] = report.failure->device_number;
  }
  json["device"]["name"] = report.device_name;
  if (report.device.port != 0) {
    json["device"]["address"] = posix::to_text(report.device.address);
    json["device"]["port"] = report.device.port;
  }
  json["file"] = report.file;
  json["size_bytes"] = report.size_bytes;
  json["sent_bytes"] = report.sent_bytes;
  json["duration_ms"] = report.duration.count();
  // A file name may be anything but UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

int exit_code_of(const PushReport& report) {
  if (!report.failure) return 0;
  const PushFailure& failure = *report.failure;
  const bool before_transfer = failure.stage < Stage::transfer;
  if (failure.code == UpdateError::bad_answer && before_transfer) return 4;
  for (const ExitCode& entry : exit_codes) {
    if (entry.error == failure.code) return entry.code;
  }
  return 1;
}

}  // namespace airlift::cli
