#pragma once
// The command line of `airlift push`.

#include "arguments.hpp"
#include "device_upload.hpp"
#include "schedule.hpp"
#include "target_selection.hpp"

namespace airlift::cli {

struct PushArguments {
  EspotaOptions common;  ///< what espota has, too
  TargetRequest request;
  std::optional<std::string> device_file;
  std::optional<std::string> password_file;
  ExtensionUse extension{ExtensionUse::automatic};
  bool encrypt{false};
  bool no_compress{false};
  bool no_wait{false};
  milliseconds return_timeout{UploadOptions{}.return_timeout};
  ScheduleOptions schedule;
  std::optional<int> retries;
  bool fail_fast{false};
  bool json{false};
  bool quiet{false};

  /// Several devices may be meant, so that each line must name its own.
  [[nodiscard]] bool for_many() const { return request.by_pattern() || request.names.size() > 1; }
};

/// Adds all options of `push`; `arguments` must outlive `app`.
void add_push_options(CLI::App& app, PushArguments& arguments);

/// Takes what -i, -p and --devices say into `arguments.request`. Throws PushError when the file cannot be
/// read, and CLI::Error when no device is named.
void complete_request(PushArguments& arguments);

[[nodiscard]] UploadOptions upload_options(const PushArguments& arguments);
/// `now` is when the wait begins.
[[nodiscard]] ScheduleOptions schedule_options(const PushArguments& arguments, Instant now);

}  // namespace airlift::cli
