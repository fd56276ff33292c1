#include "check_command.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <thread>

#include "airlift/codec/text.hpp"
#include "boot_report.hpp"
#include "notify_socket.hpp"
#include "state_directory.hpp"
#include "status.hpp"
#include "update_note.hpp"

namespace airlift::device {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds look_interval{100};
constexpr std::chrono::seconds ask_interval{2};  // a device that restarts just then has not heard it

/// The entry of the list with this name; `unknown` for names of a newer Airlift.
UpdateError error_named(std::string_view name) {
  for (int number = 1; number <= 255; ++number) {
    const auto error = static_cast<UpdateError>(number);
    if (describe(error).name == name) return error;
  }
  return static_cast<UpdateError>(255);
}

/// One line on a terminal that is written over.
class ProgressLine {
 public:
  ~ProgressLine() { clear(); }
  void show(const UpdateNote& note) {
    if (!on_terminal_) return;
    std::string text = note.text("state") + " " + note.text("host");
    const std::uint64_t size = note.number("size");
    if (size != 0)
      text += ", " + std::to_string(note.number("progress") * 100 / size) + " % of " + std::to_string(size) +
              " bytes";
    if (text == shown_) return;
    std::fprintf(stderr, "\r\033[K%s", text.c_str());
    shown_ = text;
  }
  void clear() {
    if (!shown_.empty()) std::fputs("\r\033[K", stderr);
    shown_.clear();
  }

 private:
  bool on_terminal_{::isatty(STDERR_FILENO) == 1};
  std::string shown_;
};

/// Asks until the device has heard it, and waits until a check has ended.
class Watcher {
 public:
  explicit Watcher(const CheckOptions& options)
      : options_{options}, run_directory_{options.state_directory + "/run"} {}

  UpdateNote wait() {
    note_ = note();
    before_ = note_;
    const SteadyTime end = std::chrono::steady_clock::now() + options_.timeout;
    while (note_.number("checks") == before_.number("checks")) {
      if (std::chrono::steady_clock::now() >= end) throw std::runtime_error{timeout_text()};
      ask_again();
      std::this_thread::sleep_for(look_interval);
      note_ = note();
      progress_.show(note_);
    }
    progress_.clear();
    return note_;
  }

 private:
  [[nodiscard]] UpdateNote note() const {
    if (!StateDirectory::in_use(options_.state_directory)) {
      throw std::runtime_error{"not checked: the device does not run. Start it, then check again"};
    }
    const auto found = UpdateNote::read(run_directory_);
    if (found) return *found;
    throw std::runtime_error{
        "not checked: no update element runs in the device. Configure one with a url "
        "(docs/configuration.md); in bare mode there is none"};
  }

  void ask_again() {
    if (note_.number("starts") != before_.number("starts")) {
      // It has restarted, and what it was asked is forgotten.
      before_.set("starts", note_.number("starts"));
      before_.set("asked", note_.number("asked"));
    }
    if (note_.number("asked") != before_.number("asked")) return refuse_or_wait();
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now < ask_at_) return;
    heard_ = send_notify(run_directory_, "CHECK=1") || heard_;
    ask_at_ = now + ask_interval;
  }

  void refuse_or_wait() const {
    const std::string refused = note_.text("refused");
    if (!refused.empty()) throw std::runtime_error{"not checked: " + sentence_of(error_named(refused))};
  }

  [[nodiscard]] std::string timeout_text() const {
    if (!heard_) return "not checked: the device does not listen. Run this as the device's user or as root";
    return "no end of the check in time: the device goes on with it (" + note_.text("state") +
           "); its log says more";
  }

  const CheckOptions& options_;
  std::string run_directory_;
  UpdateNote before_;
  UpdateNote note_;
  SteadyTime ask_at_;
  bool heard_{false};
  ProgressLine progress_;
};

/// How a check has ended.
struct Ending {
  std::string result;
  UpdateError error{UpdateError::none};
  std::string host;
  std::string offered;  ///< a version; empty: unknown
  std::string running;  ///< the same

  [[nodiscard]] bool good() const { return result == "up_to_date" || result == "installed"; }
};

Ending ending_of(const UpdateNote& note, const std::string& running) {
  const std::string last = note.text("last");
  std::string_view error{last};
  Ending ending;
  ending.result = codec::take_until(error, ' ');
  if (error != describe(UpdateError::none).name) ending.error = error_named(error);
  ending.host = note.text("host");
  ending.offered = note.text("last.version");
  ending.running = running;
  return ending;
}

std::string text_of(const Ending& ending) {
  if (ending.result == "installed") {
    return "installed" + (ending.offered.empty() ? "" : " " + ending.offered) + ", the device restarts";
  }
  if (ending.good())
    return "up to date" + (ending.running.empty() ? "" : " (version " + ending.running + ")");
  const std::string what = ending.offered.empty() ? "" : " offers " + ending.offered;
  return ending.host + what + ": " + sentence_of(ending.error);
}

nlohmann::ordered_json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json{} : nlohmann::ordered_json(text);
}

std::string json_of(const Ending& ending) {
  nlohmann::ordered_json json{{"format", 1},
                              {"result", ending.result},
                              {"error", error_json(ending.error)},
                              {"host", ending.host},
                              {"version", text_or_null(ending.offered)},
                              {"running_version", text_or_null(ending.running)}};
  return json.dump(2) + "\n";
}

std::string running_version(const std::string& state_directory) {
  const boot::BootRecord::Slots slots = read_status(state_directory).record.of(image::Kind::firmware);
  return slots.active == boot::SlotId::none ? "" : std::string{slots.at(slots.active).version};
}

}  // namespace

int check_for_update(const CheckOptions& options) {
  const std::string running = running_version(options.state_directory);
  const Ending ending = ending_of(Watcher{options}.wait(), running);
  if (options.as_json) std::fputs(json_of(ending).c_str(), stdout);
  if (!ending.good()) {
    std::fprintf(stderr, "airlift-device: %s\n", text_of(ending).c_str());
  } else if (!options.as_json) {
    std::printf("%s\n", text_of(ending).c_str());
  }
  return std::fflush(stdout) == 0 && ending.good() ? 0 : 1;
}

}  // namespace airlift::device
