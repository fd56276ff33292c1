#pragma once
// A push in words. Figures in, texts out; nothing here prints.

#include <string>
#include <vector>

#include "fleet_view.hpp"

namespace airlift::cli {

/// What goes on in a stage: "sending".
[[nodiscard]] std::string_view doing(Stage stage);

/// What was proven, said of the device: "runs it, confirmed".
[[nodiscard]] std::string_view proof_text(Proof proof);

/// `devding runs it, confirmed: app.bin (258.6 KiB), 3.20 s`
[[nodiscard]] std::string success_text(const UploadReport& report, std::string_view file);

/// What to do about it: the likely causes, numbered, else the advice that always holds.
[[nodiscard]] std::vector<std::string> hints_of(const PushFailure& failure);

/// The state of one device on a line, at most `columns` wide; its name fills `name_columns`.
[[nodiscard]] std::string device_line(const FleetDevice& device, std::size_t name_columns, int columns);

/// `12 of 100 done, 1 failed, 8 running, 79 to go, 3.1 MiB/s, 42.0 s`
[[nodiscard]] std::string summary_line(const FleetDevices& devices, milliseconds elapsed);

/// How it ended for each device.
[[nodiscard]] std::string result_table(const FleetDevices& devices);

[[nodiscard]] std::size_t count(const FleetDevices& devices, Schedule::State state);

}  // namespace airlift::cli
