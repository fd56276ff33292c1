#pragma once
// Walks the stages of an upload to one device without installing anything, and tells where it stops.
//
// A device with the extension is asked for its status, which changes nothing. Others have no such question:
// they get a real invitation, and the connection they make is closed before a byte is sent. A sketch's
// onStart() and onError() run then; DoctorOptions::invite leaves it out.

#include "diagnosis.hpp"
#include "interrupt.hpp"
#include "status_query.hpp"

namespace airlift::cli {

enum class InviteUse : std::uint8_t { yes, no };

struct DoctorOptions {
  std::string name;  ///< of the device, or its address
  std::optional<std::uint16_t> port;
  std::string file;  ///< to be judged; empty: none
  SignedFile signed_file{SignedFile::preferred};
  InviteUse invite{InviteUse::yes};
  UploadOptions upload;
};

struct DoctorStep {
  enum class Result : std::uint8_t { ok, failed, not_tried };
  std::string name;  ///< the stage's, or "connect_back"
  Result result{Result::ok};
  milliseconds duration{0};
  std::string note;  ///< what was seen, or why it was not tried
};

struct DoctorReport {
  Target target;
  port::Endpoint device;
  Protocol protocol{Protocol::unknown};
  std::vector<DoctorStep> steps;       ///< as they happened, then those not tried
  std::optional<PushFailure> failure;  ///< of the step that failed; none: an upload would work so far
};

/// Never throws for what can happen to an upload. SIGINT and SIGTERM cancel it. `trace` may be empty.
[[nodiscard]] DoctorReport examine(posix::EventLoop& loop, const Interrupt& interrupt,
                                   const DoctorOptions& options, std::function<void(std::string_view)> trace);

/// One line for each step.
[[nodiscard]] std::string to_text(const DoctorReport& report);
/// One object on one line.
[[nodiscard]] std::string to_json(const DoctorReport& report);

}  // namespace airlift::cli
