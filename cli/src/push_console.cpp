#include "push_console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "airlift_posix/address.hpp"
#include "terminal.hpp"

namespace airlift::cli {
namespace {

constexpr std::chrono::milliseconds redraw_interval{100};

}  // namespace

PushConsole::PushConsole(Verbosity verbosity, BarUse bar_use)
    : verbosity_{verbosity}, bar_{bar_use == BarUse::always || is_terminal(STDERR_FILENO)} {}

void PushConsole::ready(const PushReport& report) {
  progress_.size_bytes = report.size_bytes;
  if (report.replaced_by_signed && verbosity_ != Verbosity::quiet) {
    fmt::print(stderr, "note: {} stands beside the file and is uploaded instead\n", report.file);
  }
  debug(fmt::format("{} has {} bytes; device {} at {}; listening on {}", report.file, report.size_bytes,
                    report.device_name, posix::to_text(report.device), report.listening_at));
}

void PushConsole::entered(Stage stage) {
  if (stage == Stage::transfer) begin_ = Clock::now();
  if (stage == Stage::verify && bar_) draw_bar();
  debug(fmt::format("stage {}", to_text(stage)));
}

void PushConsole::progress(std::uint32_t sent_bytes) {
  if (verbosity_ == Verbosity::quiet) return;
  const auto now = Clock::now();
  progress_.sent_bytes = sent_bytes;
  progress_.elapsed = std::chrono::duration_cast<milliseconds>(now - begin_);
  if (bar_ && now - drawn_ >= redraw_interval) {
    drawn_ = now;
    draw_bar();
  }
  constexpr unsigned step_percent{10};
  if (!bar_ && progress_.percent() >= told_percent_ + step_percent) {
    told_percent_ = progress_.percent() / step_percent * step_percent;
    fmt::print(stderr, "{:3} % sent: {}\n", told_percent_, progress_text(progress_));
  }
}

void PushConsole::draw_bar() {
  if (verbosity_ == Verbosity::quiet) return;
  const std::string bar = progress_bar(progress_, columns_of(STDERR_FILENO));
  fmt::print(stderr, "\r{}{}", coloured(bar, Colour::green, STDERR_FILENO),
             is_terminal(STDERR_FILENO) ? "\x1b[K" : "");
  line_open_ = true;
}

void PushConsole::end_line() {
  if (line_open_) fmt::print(stderr, "\n");
  line_open_ = false;
}

void PushConsole::trace(std::string_view text) {
  debug(text);
}

void PushConsole::debug(std::string_view text) {
  if (verbosity_ != Verbosity::debug) return;
  end_line();
  fmt::print(stderr, "{}\n", coloured(fmt::format("debug: {}", text), Colour::grey, STDERR_FILENO));
}

void print_report(const PushReport& report, Verbosity verbosity) {
  if (report.failure) {
    fmt::print(stderr, "{} {}: {}\n", coloured("error:", Colour::red, STDERR_FILENO),
               to_text(report.failure->stage), report.failure->message);
    if (!report.failure->advice.empty()) fmt::print(stderr, "hint: {}\n", report.failure->advice);
  } else if (verbosity != Verbosity::quiet) {
    fmt::print("{} took {} ({}) in {}\n", report.device_name, report.file, size_text(report.size_bytes),
               duration_text(report.duration));
  }
}

}  // namespace airlift::cli
