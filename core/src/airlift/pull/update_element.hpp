#pragma once
// `update/<id>`: asks a server now and then whether there is something newer, and installs it.
// docs/design/pull.md, docs/configuration.md.

#include "airlift/pull/pull_course.hpp"
#include "airlift/pull/running_image.hpp"

namespace airlift::pull {

/// What the ESP clients tell of the hardware. The texts live as long as the element.
struct DeviceIdentity {
  std::string_view station_mac;  ///< `AA:BB:CC:DD:EE:FF`
  std::uint32_t chip_id{0};
  std::string_view sdk_version;
};

class UpdateElement final : public element::Element {
 public:
  /// All outlive the element.
  struct Ports {
    port::HttpClient& http;
    port::OfferMemory& memory;
    port::Entropy& entropy;
    port::Calendar& calendar;
  };

  /// `ota` takes the images, and restarts the device into them; `updater` is its.
  UpdateElement(const Ports& ports, element::OtaElement& ota, update::Updater& updater,
                const DeviceIdentity& identity);

  /// Asks now; while an upload or a trial is on, as soon as it is over; while a check is on, that one counts.
  /// Outcomes: ok; safe_mode: also while this element or the ota element does not run; bad_configuration:
  /// there is no server that could be asked.
  [[nodiscard]] Status check_now();

  /// How many have ended since the start.
  [[nodiscard]] std::uint32_t checks() const { return checks_; }
  /// Of the last one that has ended; checks() is not 0.
  [[nodiscard]] const PullCourse::Outcome& last() const { return last_; }
  /// As in the value `state`.
  [[nodiscard]] std::string_view state_name() const;
  [[nodiscard]] const PullSettings& settings() const { return settings_; }
  /// A check is on.
  [[nodiscard]] bool busy() const override { return course_.running(); }

 private:
  element::SetResult do_set(std::string_view property, std::string_view value) override;
  void do_start(element::Board& board, Instant now) override;
  milliseconds do_loop(Instant now) override;
  void do_stop() override;
  void do_values(element::ValueSink& sink) override;
  element::SetResult do_act(std::string_view name, std::string_view value) override;

  [[nodiscard]] bool may_ask() const { return active() && ota_.accepts_uploads(); }
  void log_settings();
  [[nodiscard]] milliseconds wait_for_turn();
  [[nodiscard]] bool postponed();
  void begin_check();
  void end_check();
  void log_outcome();
  void plan(milliseconds wait);
  [[nodiscard]] std::uint32_t draw();
  void log(port::LogLevel level, std::string_view message);

  Ports ports_;
  element::OtaElement& ota_;
  update::Updater& updater_;
  DeviceIdentity identity_;
  PullSettings settings_;
  RunningImage running_;
  PullCourse course_;
  element::Board* board_{nullptr};

  Instant now_;                     ///< of the last loop()
  bool wanted_{false};              ///< somebody has asked for a check
  std::optional<Instant> next_at_;  ///< of the next check by itself; nothing: none is planned
  Instant look_again_at_;           ///< something else was on
  std::uint32_t failures_{0};       ///< in a row
  std::uint32_t checks_{0};
  PullCourse::Outcome last_;
  std::uint64_t last_time_s_{0};
};

}  // namespace airlift::pull
