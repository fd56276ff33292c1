#include "supervisor.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <utility>

#include "airlift_posix/descriptor_limit.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::device {
namespace {

constexpr std::size_t longest_pid_chars{10};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Prepared before the fork, because the child may not allocate.
struct Plan {
  const char* path;
  const char* directory;
  char* const* arguments;
  char* const* environment;
  char* own_pid;  ///< where its process id goes in the environment, as text; nullptr: nowhere
  pid_t parent;
  int error_pipe;
};

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const Plan& plan) {
  // No application may outlive its supervisor: the next one would start a second.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  posix::restore_descriptor_limit();
  // What the unit gives the device for its ports is not meant for the application.
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  ::setpgid(0, 0);
  if (plan.own_pid != nullptr) std::to_chars(plan.own_pid, plan.own_pid + longest_pid_chars, ::getpid());
  const int null = ::open("/dev/null", O_RDONLY);
  if (::getppid() == plan.parent && null >= 0 && ::dup2(null, STDIN_FILENO) >= 0 &&
      ::chdir(plan.directory) == 0) {
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(plan.path, plan.arguments, plan.environment);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t told = ::write(plan.error_pipe, &error, sizeof error);
  ::_exit(127);
}

/// The errno of a child that could not become the program; 0: it did.
int startup_error(int error_pipe) {
  int error{0};
  ssize_t count{0};
  do {
    count = ::read(error_pipe, &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  return count == sizeof error ? error : 0;
}

struct Child {
  pid_t pid;
  int error;  ///< errno when it could not become the program
};

/// With room for the process id behind the last one, when there is a watchdog.
std::vector<std::string> variables_of(const Program& program) {
  std::vector<std::string> variables = program.environment;
  if (!program.notify_socket.empty()) variables.push_back("NOTIFY_SOCKET=" + program.notify_socket);
  if (program.watchdog.count() > 0) {
    const std::chrono::microseconds period{program.watchdog};
    variables.push_back("WATCHDOG_USEC=" + std::to_string(period.count()));
    variables.push_back("WATCHDOG_PID=" + std::string(longest_pid_chars, '\0'));
  }
  return variables;
}

Child spawn(const Program& program) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return {0, errno};
  const posix::UniqueFd read_end{pipe_ends[0]};
  posix::UniqueFd write_end{pipe_ends[1]};
  std::vector<std::string> argument_texts{program.path};
  std::vector<std::string> variables = variables_of(program);
  const std::vector<char*> arguments = pointers(argument_texts);
  const std::vector<char*> environment = pointers(variables);
  char* const own_pid =
      program.watchdog.count() > 0 ? variables.back().data() + variables.back().find('\0') : nullptr;
  const Plan plan{program.path.c_str(),
                  program.directory.c_str(),
                  arguments.data(),
                  environment.data(),
                  own_pid,
                  ::getpid(),
                  write_end.get()};
  const pid_t child = ::fork();
  if (child == 0) become(plan);
  write_end.reset();
  const int error = child < 0 ? errno : startup_error(read_end.get());
  if (error != 0 && child > 0) ::waitpid(child, nullptr, 0);
  return {child, error};
}

ApplicationEvent end_event(int status) {
  using Kind = ApplicationEvent::Kind;
  if (WIFSIGNALED(status)) return {Kind::crashed, WTERMSIG(status)};
  return {Kind::exited, WEXITSTATUS(status)};
}

std::string how_it_ended(const ApplicationEvent& event) {
  if (event.kind == ApplicationEvent::Kind::crashed) {
    return std::string{"was ended by signal "} + ::strsignal(event.detail);
  }
  return "ended with exit code " + std::to_string(event.detail);
}

}  // namespace

Supervisor::~Supervisor() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Supervisor::say(port::LogLevel level, const std::string& message) {
  log_.write(level, "application", message);
}

void Supervisor::start(Program program, Instant now) {
  program_ = std::move(program);
  delay_ = first_restart_delay;
  launch(now);
}

void Supervisor::launch(Instant now) {
  const Child child = spawn(program_);
  started_at_ = now;
  if (child.error != 0) {
    say(port::LogLevel::error, std::string{"cannot be started: "} + std::strerror(child.error));
    return ended({ApplicationEvent::Kind::not_started, child.error}, now);
  }
  pid_ = child.pid;
  state_ = State::running;
  due_at_.reset();
  ready_ = false;
  watchdog_ = program_.watchdog;
  status_.clear();
  if (program_.watchdog_from == WatchdogFrom::start) expect_watchdog(now);
  say(port::LogLevel::info, "started, process " + std::to_string(pid_));
  tell_({ApplicationEvent::Kind::started});
}

void Supervisor::ended(const ApplicationEvent& event, Instant now) {
  state_ = State::idle;
  due_at_.reset();
  if (program_.on_end == OnEnd::restart) wait_to_restart(now);
  tell_(event);
}

void Supervisor::wait_to_restart(Instant now) {
  if (now - started_at_ >= good_run) delay_ = first_restart_delay;
  state_ = State::waiting;
  due_at_ = now + delay_;
  say(port::LogLevel::warning, "starts again in " + std::to_string(delay_.count()) + " ms");
  delay_ = std::min(2 * delay_, longest_restart_delay);
}

void Supervisor::child_changed(Instant now) {
  int status{0};
  if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return;
  // What the application itself started belongs to it and ends with it.
  ::kill(-pid_, SIGKILL);
  pid_ = 0;
  if (state_ == State::stopping) {
    state_ = State::idle;
    due_at_.reset();
    return say(port::LogLevel::info, "stopped");
  }
  const ApplicationEvent event = end_event(status);
  const std::string said = status_.empty() ? "" : "; its last status: " + status_;
  say(port::LogLevel::warning, how_it_ended(event) + said);
  ended(state_ == State::aborting ? ApplicationEvent{ApplicationEvent::Kind::hung} : event, now);
}

void Supervisor::notified(const NotifyMessage& message, Instant now) {
  if (state_ != State::running && state_ != State::overdue) return;
  if (message.status) status_ = *message.status;
  if (message.watchdog_period) watchdog_ = *message.watchdog_period;
  if (message.stopping) say(port::LogLevel::debug, "says that it stops");
  if (message.watchdog == NotifyMessage::Watchdog::failed) return abort_child("says that it hangs", now);
  const bool becomes_ready = message.ready && !ready_;
  if (becomes_ready || message.watchdog_period || message.watchdog == NotifyMessage::Watchdog::alive) {
    expect_watchdog(now);
  }
  if (!becomes_ready) return;
  ready_ = true;
  say(port::LogLevel::info, "ready");
  tell_({ApplicationEvent::Kind::ready});
}

void Supervisor::expect_watchdog(Instant now) {
  state_ = State::running;
  due_at_.reset();
  if (watchdog_.count() > 0) due_at_ = now + watchdog_;
}

void Supervisor::abort_child(const std::string& why, Instant now) {
  say(port::LogLevel::warning, why + "; aborted");
  ::kill(pid_, SIGABRT);
  state_ = State::aborting;
  due_at_ = now + stop_timeout;
}

milliseconds Supervisor::loop(Instant now) {
  constexpr milliseconds nothing_due{60'000};
  if (!due_at_) return nothing_due;
  if (now < *due_at_) return *due_at_ - now;
  switch (state_) {
    case State::idle:
      break;
    case State::running:
      state_ = State::overdue;
      break;
    case State::overdue:
      abort_child("hangs: no WATCHDOG=1 for " + std::to_string(watchdog_.count()) + " ms", now);
      break;
    case State::waiting:
      launch(now);
      break;
    case State::aborting:
    case State::stopping:
      say(port::LogLevel::warning, "does not stop; killed");
      ::kill(-pid_, SIGKILL);
      due_at_ = now + stop_timeout;
      break;
  }
  return milliseconds{0};
}

void Supervisor::request_stop(Instant now) {
  if (pid_ <= 0) {
    state_ = State::idle;
    due_at_.reset();
    return;
  }
  ::kill(pid_, SIGTERM);
  state_ = State::stopping;
  due_at_ = now + stop_timeout;
}

}  // namespace airlift::device
