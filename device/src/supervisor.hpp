#pragma once
// The application as a child process: started with a clean environment, restarted when it ends, stopped on
// request.

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "airlift/base/time.hpp"
#include "airlift/port/system.hpp"

namespace airlift::device {

struct Program {
  std::string path;
  std::string directory;                 ///< to start in
  std::vector<std::string> environment;  ///< "NAME=value", all of it
};

/// Needs SIGCHLD to end the caller's wait: call child_changed() then. At most one child at a time.
class Supervisor {
 public:
  static constexpr milliseconds first_restart_delay{1000};
  static constexpr milliseconds longest_restart_delay{60'000};
  /// An application that ran so long is taken to work: the next crash starts with the short delay again.
  static constexpr seconds good_run{60};
  /// Between SIGTERM and SIGKILL.
  static constexpr seconds stop_timeout{10};

  explicit Supervisor(port::Log& log) : log_{log} {}
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Starts the program now, and again after it has ended, with a growing delay.
  void start(Program program, Instant now);

  /// After SIGCHLD: takes notice of an end.
  void child_changed(Instant now);

  /// Starts what is due. Returns how long the caller may wait before the next call.
  [[nodiscard]] milliseconds loop(Instant now);

  /// Sends SIGTERM, and SIGKILL from loop() when that does not help; no restart any more.
  void request_stop(Instant now);
  [[nodiscard]] bool running() const { return pid_ > 0; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  enum class State : std::uint8_t {
    idle,      ///< start() ends it
    running,   ///< the child's end, or request_stop()
    waiting,   ///< the delay, or request_stop()
    stopping,  ///< the child's end
  };

  void launch(Instant now);
  void schedule_restart(Instant now);
  void say(port::LogLevel level, const std::string& message);

  port::Log& log_;
  Program program_;
  State state_{State::idle};
  pid_t pid_{0};
  Instant started_at_;
  Instant due_at_;  ///< in waiting: the restart; in stopping: SIGKILL
  milliseconds delay_{first_restart_delay};
};

}  // namespace airlift::device
