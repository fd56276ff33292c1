#pragma once
// The application as a child process: started with a clean environment, watched while it runs, restarted when
// it ends, stopped on request.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "airlift/base/time.hpp"
#include "airlift/port/system.hpp"
#include "notify_message.hpp"

namespace airlift::device {

/// What follows an end that nobody asked for.
enum class OnEnd : std::uint8_t {
  restart,  ///< a new start, after a delay that grows
  report,   ///< nothing: the owner decides
};

/// When the application has to begin with WATCHDOG=1; it may earlier. As systemd's Type=notify and
/// Type=simple.
enum class WatchdogFrom : std::uint8_t { ready, start };

struct Program {
  std::string path;
  std::string directory;                 ///< to start in
  std::vector<std::string> environment;  ///< "NAME=value", all of it but what follows from the rest
  std::string notify_socket{};           ///< for NOTIFY_SOCKET; empty: none
  milliseconds watchdog{0};              ///< longest time between two WATCHDOG=1; 0: not watched
  WatchdogFrom watchdog_from{WatchdogFrom::ready};
  OnEnd on_end{OnEnd::restart};
};

struct ApplicationEvent {
  enum class Kind : std::uint8_t {
    started,      ///< has become the program
    ready,        ///< READY=1, the first one since its start
    not_started,  ///< could not become the program; detail: errno
    exited,       ///< detail: exit code
    crashed,      ///< detail: the signal
    hung,         ///< missed its watchdog, and has been ended for that
  };
  Kind kind{Kind::started};
  int detail{0};
};

/// Needs SIGCHLD to end the caller's wait: call child_changed() then. At most one child at a time.
class Supervisor {
 public:
  static constexpr milliseconds first_restart_delay{1000};
  static constexpr milliseconds longest_restart_delay{60'000};
  /// An application that ran so long is taken to work: the next crash starts with the short delay again.
  static constexpr seconds good_run{60};
  /// Between SIGTERM, or SIGABRT to one that hangs, and SIGKILL.
  static constexpr seconds stop_timeout{10};

  using Listener = std::function<void(const ApplicationEvent&)>;

  /// `tell` is called last in a call of this object, and may call it again. A stop on request is no event.
  explicit Supervisor(
      port::Log& log, Listener tell = [](const ApplicationEvent&) {})
      : log_{log}, tell_{std::move(tell)} {}
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Starts the program now. While none runs.
  void start(Program program, Instant now);
  void set_on_end(OnEnd on_end) { program_.on_end = on_end; }

  /// After SIGCHLD: takes notice of an end.
  void child_changed(Instant now);

  /// What came on the program's notify socket. All that has come must have been handed in between two calls
  /// of loop(): a watchdog is missed when two in a row find it overdue.
  void notified(const NotifyMessage& message, Instant now);

  /// Does what is due. Returns how long the caller may wait before the next call.
  [[nodiscard]] milliseconds loop(Instant now);

  /// Sends SIGTERM, and SIGKILL from loop() when that does not help; no restart any more.
  void request_stop(Instant now);
  [[nodiscard]] bool running() const { return pid_ > 0; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  enum class State : std::uint8_t {
    idle,      ///< start() ends it
    running,   ///< the child's end, a missed watchdog, or request_stop()
    overdue,   ///< as running; WATCHDOG=1 may have come but not been read yet
    aborting,  ///< the child's end, or request_stop()
    waiting,   ///< the delay, or request_stop()
    stopping,  ///< the child's end
  };

  void launch(Instant now);
  void wait_to_restart(Instant now);
  void expect_watchdog(Instant now);
  void abort_child(const std::string& why, Instant now);
  void ended(const ApplicationEvent& event, Instant now);
  void say(port::LogLevel level, const std::string& message);

  port::Log& log_;
  Listener tell_;
  Program program_;
  State state_{State::idle};
  pid_t pid_{0};
  Instant started_at_;
  /// running, overdue: of the watchdog, when there is one; aborting, stopping: SIGKILL; waiting: the restart.
  std::optional<Instant> due_at_;
  milliseconds delay_{first_restart_delay};
  // of the running child:
  bool ready_{false};
  milliseconds watchdog_{0};
  std::string status_;  ///< the last STATUS, for the log
};

}  // namespace airlift::device
