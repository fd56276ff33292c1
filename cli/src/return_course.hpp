#pragma once
// Judges what can be seen of a device that has taken an image: has it come back, and what does it run?
// Without sockets and clocks. docs/design/upload-protocol.md, "The uploader's course".

#include <optional>
#include <string>

#include "airlift/wire/device_status.hpp"
#include "device_upload.hpp"

namespace airlift::cli {

/// What is known when the device has taken the image.
struct ReturnPlan {
  std::string device_name;
  port::Endpoint device;    ///< its OTA port, at the address that answered
  std::string device_text;  ///< for messages: "devding (192.168.1.20:8266)"
  Protocol protocol{Protocol::old};
  wire::Command command{wire::Command::firmware};
  std::optional<crypto::Sha256Digest> image_sha256;  ///< of the result; always with Protocol::extension
};

struct ReturnOutcome {
  std::optional<PushFailure> failure;  ///< none: `proof` stands
  Proof proof{Proof::taken};           ///< reachable (old devices) or confirmed; with still_on_trial running
};

/// Devices with the extension: asked for their status until the image is confirmed or given up.
class ConfirmCourse {
 public:
  // A device with a small image is back after a second, most need some.
  static constexpr milliseconds first_interval{300};
  static constexpr milliseconds next_interval{1000};
  static constexpr milliseconds first_phase{10000};
  /// What each start of a trial may take on top of the trial's period.
  static constexpr milliseconds start_margin{10000};

  ConfirmCourse(ReturnPlan plan, milliseconds return_timeout, Instant now);

  // What came of the last question.
  void status(Instant now, const wire::DeviceStatus& status);
  void no_status(Instant now, const PushFailure& why);

  /// When to ask next; until outcome().
  [[nodiscard]] Instant ask_at() const { return ask_at_; }
  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] const std::optional<ReturnOutcome>& outcome() const { return outcome_; }

 private:
  void on_trial(const wire::DeviceStatus& status, UpdateError last_reason);
  void ask_again();
  void fail(UpdateError code, std::string message);

  ReturnPlan plan_;
  milliseconds return_timeout_;
  Instant begin_;
  Instant now_;
  Instant ask_at_;
  Instant heard_;  ///< when it last told of the image after a restart; until then when it took it
  std::optional<Instant> trial_end_;
  Stage stage_{Stage::reboot};
  Proof proof_{Proof::taken};
  std::optional<ReturnOutcome> outcome_;
};

/// What a probe of an old device's OTA port says.
enum class Presence : std::uint8_t {
  away,          ///< no sign of it
  network_only,  ///< its network answers, but nobody listens on the OTA port
  there,
};

/// Old devices: whether they are reachable again is all that can be known.
class ReachCourse {
 public:
  static constexpr milliseconds interval{300};
  /// A device that restarts over and over is not back for so long.
  static constexpr milliseconds steady_time{2000};
  /// A restart can be too quick to be seen; the slowest devices begin theirs some seconds after their OK.
  static constexpr milliseconds never_gone_time{8000};

  ReachCourse(ReturnPlan plan, milliseconds return_timeout, Instant now);

  void seen(Instant now, Presence presence);

  [[nodiscard]] Instant ask_at() const { return ask_at_; }
  [[nodiscard]] const std::optional<ReturnOutcome>& outcome() const { return outcome_; }

 private:
  ReturnPlan plan_;
  milliseconds return_timeout_;
  Instant begin_;
  Instant ask_at_;
  Instant there_since_;
  bool was_gone_{false};
  Presence presence_{Presence::there};
  std::optional<ReturnOutcome> outcome_;
};

}  // namespace airlift::cli
