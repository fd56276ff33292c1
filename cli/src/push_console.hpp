#pragma once
// What `airlift push` shows people while it works, on standard error.

#include <chrono>

#include "progress.hpp"
#include "push.hpp"

namespace airlift::cli {

enum class Verbosity : std::uint8_t {
  quiet,   ///< errors and warnings only
  normal,  ///< progress, too
  debug,   ///< every step and datagram, too
};

enum class BarUse : std::uint8_t {
  on_terminal,  ///< elsewhere a line every 10 %
  always,
};

class PushConsole final : public PushObserver {
 public:
  PushConsole(Verbosity verbosity, BarUse bar_use);

  void ready(const PushReport& report) override;
  void entered(Stage stage) override;
  void progress(std::uint32_t sent_bytes) override;
  void trace(std::string_view text) override;
  /// To be called before anything else is printed.
  void end_line();

 private:
  using Clock = std::chrono::steady_clock;

  void draw_bar();
  void debug(std::string_view text);

  Verbosity verbosity_;
  bool bar_;
  bool line_open_{false};
  Progress progress_;
  Clock::time_point begin_{};
  Clock::time_point drawn_{};
  unsigned told_percent_{0};
};

/// The success line on standard output, or `error: <stage>: <message>` and `hint: <advice>` on standard
/// error.
void print_report(const PushReport& report, Verbosity verbosity);

/// The one line of `--json`. docs/cli.md lists its keys.
[[nodiscard]] std::string to_json(const PushReport& report);

/// Of `airlift push`; docs/cli.md lists them.
[[nodiscard]] int exit_code_of(const PushReport& report);

}  // namespace airlift::cli
