#pragma once
// A real uploader, as a child process beside the sketch that is under test.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

extern char** environ;

namespace airlift::testing {

class Uploader {
 public:
  /// Starts `program` of this build. Its output goes to `log`.
  Uploader(const std::string& program, std::vector<std::string> arguments, const std::string& log) {
    std::string path = std::string{AIRLIFT_BIN} + "/" + program;
    std::vector<char*> argv{path.data()};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    started_ = posix_spawn(&process_, path.c_str(), &actions, nullptr, argv.data(), environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
  }
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;
  ~Uploader() {
    if (!started_ || status()) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }

  [[nodiscard]] bool started() const { return started_; }
  /// Its exit status once it has ended; -1: by a signal.
  [[nodiscard]] std::optional<int> status() {
    int raw{0};
    if (!status_ && waitpid(process_, &raw, WNOHANG) == process_) {
      status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
    }
    return status_;
  }

 private:
  pid_t process_{0};
  bool started_{false};
  std::optional<int> status_;
};

}  // namespace airlift::testing
