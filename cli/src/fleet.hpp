#pragma once
// One image to any number of devices, from one thread: finds them, uploads as Schedule says, and tells the
// views.

#include <functional>
#include <list>
#include <optional>

#include "airlift_posix/steady_clock.hpp"
#include "fleet_view.hpp"
#include "interrupt.hpp"
#include "target_finder.hpp"

namespace airlift::cli {

/// Asks the user for the password of `device`, blocking; nothing: the user does not want to. `attempt` is 1
/// first.
using AskPassword = std::function<std::optional<std::string>(const std::string& device, int attempt)>;

struct FleetOptions {
  TargetRequest request;
  UploadOptions upload;
  ScheduleOptions schedule;
  AskPassword ask_password;  ///< empty: a password that is missing stays missing
};

class Fleet {
 public:
  /// How often the password of a single device may be typed.
  static constexpr int most_prompts{3};

  /// All references outlive it.
  Fleet(posix::EventLoop& loop, const Interrupt& interrupt, UploadImage& image, FleetOptions options,
        std::vector<FleetView*> views);
  ~Fleet();

  /// Until every device has ended; SIGINT and SIGTERM cancel.
  void run();
  [[nodiscard]] const FleetDevices& devices() const { return devices_; }
  [[nodiscard]] bool cancelled() const { return cancelled_; }

 private:
  class Run;

  void turn();
  void add(Finding finding);
  void start_next();
  void collect_ended();
  void ended(FleetDevice& device);
  [[nodiscard]] bool worth_a_prompt(UpdateError error) const;
  void ask_password();
  void cancel();
  void note_stop();
  void take_state(FleetDevice& device);
  [[nodiscard]] milliseconds patience() const;

  template <typename... Parameters, typename... Arguments>
  void tell(void (FleetView::*what)(Parameters...), Arguments&&... arguments) {
    for (FleetView* view : views_) (view->*what)(arguments...);
  }

  posix::EventLoop& loop_;
  const Interrupt& interrupt_;
  UploadImage& image_;
  FleetOptions options_;
  std::vector<FleetView*> views_;
  posix::SteadyClock clock_;
  TargetFinder finder_;
  Schedule schedule_;
  FleetDevices devices_;
  std::list<Run> running_;
  int prompts_{0};
  std::optional<std::string> prompt_for_;  ///< the password is to be asked for once nothing runs
  bool cancelled_{false};
};

}  // namespace airlift::cli
