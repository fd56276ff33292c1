#pragma once
// The command line that `airlift status` and `airlift doctor` share: which devices, and how to reach them.

#include "arguments.hpp"
#include "device_upload.hpp"
#include "target_selection.hpp"

namespace airlift::cli {

struct DeviceArguments {
  std::vector<std::string> names;
  EspotaOptions common;  ///< as push has them
  std::optional<std::string> password_file;
  bool encrypt{false};
  bool json{false};
};

/// `arguments` must outlive `app`.
void add_device_options(CLI::App& app, DeviceArguments& arguments);

/// With the password in effect. Throws PushError when its file cannot be read.
[[nodiscard]] UploadOptions upload_options(const DeviceArguments& arguments);

}  // namespace airlift::cli
