#include "supervisor.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "airlift_posix/unique_fd.hpp"

namespace airlift::device {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const char* path, const char* directory, char* const* arguments,
                         char* const* environment, pid_t parent, int error_pipe) {
  // No application may outlive its supervisor: the next one would start a second.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::setpgid(0, 0);
  const int null = ::open("/dev/null", O_RDONLY);
  if (::getppid() == parent && null >= 0 && ::dup2(null, STDIN_FILENO) >= 0 && ::chdir(directory) == 0) {
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(path, arguments, environment);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t told = ::write(error_pipe, &error, sizeof error);
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

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return std::string{"was ended by signal "} + ::strsignal(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
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
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) {
    say(port::LogLevel::error, std::string{"cannot be started: "} + std::strerror(errno));
    return schedule_restart(now);
  }
  const posix::UniqueFd read_end{pipe_ends[0]};
  posix::UniqueFd write_end{pipe_ends[1]};
  std::vector<std::string> argument_texts{program_.path};
  const std::vector<char*> arguments = pointers(argument_texts);
  const std::vector<char*> environment = pointers(program_.environment);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    become(program_.path.c_str(), program_.directory.c_str(), arguments.data(), environment.data(), parent,
           write_end.get());
  }
  write_end.reset();
  const int error = child < 0 ? errno : startup_error(read_end.get());
  if (error != 0) {
    if (child > 0) ::waitpid(child, nullptr, 0);
    say(port::LogLevel::error, std::string{"cannot be started: "} + std::strerror(error));
    return schedule_restart(now);
  }
  pid_ = child;
  started_at_ = now;
  state_ = State::running;
  say(port::LogLevel::info, "started, process " + std::to_string(child));
}

void Supervisor::schedule_restart(Instant now) {
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
    return say(port::LogLevel::info, "stopped");
  }
  say(port::LogLevel::warning, how_it_ended(status));
  if (now - started_at_ >= good_run) delay_ = first_restart_delay;
  schedule_restart(now);
}

milliseconds Supervisor::loop(Instant now) {
  constexpr milliseconds idle{60'000};
  if (state_ != State::waiting && state_ != State::stopping) return idle;
  if (now < due_at_) return due_at_ - now;
  if (state_ == State::waiting) {
    launch(now);
  } else {
    say(port::LogLevel::warning, "does not stop; killed");
    ::kill(-pid_, SIGKILL);
    due_at_ = now + stop_timeout;
  }
  return milliseconds{0};
}

void Supervisor::request_stop(Instant now) {
  if (pid_ <= 0) {
    state_ = State::idle;
    return;
  }
  ::kill(pid_, SIGTERM);
  state_ = State::stopping;
  due_at_ = now + stop_timeout;
}

}  // namespace airlift::device
