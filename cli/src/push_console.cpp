#include "push_console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "progress.hpp"
#include "push_text.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace airlift::cli {
namespace {

constexpr milliseconds redraw_interval{100};

Progress progress_of(const FleetDevice& device) {
  return {device.report.taken_bytes, device.report.size_bytes, device.transfer_time};
}

std::string red(std::string_view text) {
  return coloured(text, Colour::red, STDERR_FILENO);
}

void print_failure(const PushFailure& failure, std::string_view whose) {
  fmt::print(stderr, "{}{} {}: {}\n", whose, red("error:"), to_text(failure.stage),
             printable(failure.message));
  for (const std::string& hint : hints_of(failure))
    fmt::print(stderr, "{}hint: {}\n", whose, printable(hint));
}

/// What stands before a line about one of many.
std::string prefix(const FleetDevice& device, Crowd crowd) {
  return crowd == Crowd::one ? std::string{} : printable(device.report.target.name) + ": ";
}

}  // namespace

PushConsole::PushConsole(Show show)
    : show_{std::move(show)},
      terminal_{is_terminal(STDERR_FILENO)},
      bar_{show_.crowd == Crowd::one && (show_.bar_use == BarUse::always || terminal_)} {}

void PushConsole::entered(const FleetDevice& device) {
  if (device.stage == Stage::invite) told_percent_.erase(device.id);  // another try
  if (show_.verbosity == Verbosity::quiet) return;
  if (show_.verbosity == Verbosity::debug) return trace(device, to_text(device.stage));
  if (bar_) {
    // The bar goes on until the verdict: a device may tell late what it has taken.
    const bool bar = device.stage == Stage::transfer || device.stage == Stage::verify;
    if (bar) return;
    end_bar(device);
    if (terminal_) draw_words(doing(device.stage));
    return;
  }
  const bool matters =
      device.stage == Stage::reboot || (device.stage == Stage::transfer && show_.crowd == Crowd::many);
  if (matters) say(device, doing(device.stage));
}

void PushConsole::progress(const FleetDevice& device, Instant now) {
  if (show_.verbosity == Verbosity::quiet || device.report.size_bytes == 0) return;
  if (bar_) {
    if (line_ == Line::bar && now < drawn_ + redraw_interval) return;
    drawn_ = now;
    return draw_bar(device);
  }
  const unsigned step = show_.crowd == Crowd::one ? 10 : 25;
  const Progress progress = progress_of(device);
  unsigned& told = told_percent_[device.id];
  if (progress.percent() < told + step) return;
  told = progress.percent() / step * step;
  say(device, fmt::format("{:3} % sent: {}", told, progress_text(progress)));
}

void PushConsole::draw_bar(const FleetDevice& device) {
  const std::string bar = progress_bar(progress_of(device), columns_of(STDERR_FILENO));
  fmt::print(stderr, "\r{}{}", coloured(bar, Colour::green, STDERR_FILENO), terminal_ ? "\x1b[K" : "");
  line_ = Line::bar;
}

/// With what came since it was drawn.
void PushConsole::end_bar(const FleetDevice& device) {
  if (line_ != Line::bar) return;
  draw_bar(device);
  give_way();
}

void PushConsole::draw_words(std::string_view words) {
  fmt::print(stderr, "\r{} ...\x1b[K", words);
  line_ = Line::words;
}

void PushConsole::give_way() {
  switch (line_) {
    case Line::empty:
      break;
    case Line::words:
      fmt::print(stderr, "\r\x1b[K");
      break;
    case Line::bar:
      fmt::print(stderr, "\n");
      break;
  }
  line_ = Line::empty;
}

void PushConsole::say(const FleetDevice& device, std::string_view text) {
  fmt::print(stderr, "{}{}\n", prefix(device, show_.crowd), text);
}

void PushConsole::trace(const FleetDevice& device, std::string_view text) {
  if (show_.verbosity != Verbosity::debug) return;
  give_way();
  print_trace(device, text, show_.crowd);
}

void PushConsole::resting(const FleetDevice& device, milliseconds rest) {
  if (show_.verbosity == Verbosity::quiet) return;
  give_way();
  print_rest(device, rest);
}

void PushConsole::finished(const FleetDevice& device) {
  end_bar(device);
  give_way();
  print_outcome(device, show_);
}

void print_outcome(const FleetDevice& device, const Show& show) {
  const bool one = show.crowd == Crowd::one;
  if (device.state == Schedule::State::skipped) return;  // the table says it
  if (device.report.failure) return print_failure(*device.report.failure, prefix(device, show.crowd));
  const std::string text = success_text(device.report, show.file);
  if (show.verbosity == Verbosity::quiet) return;
  if (!one) return fmt::print(stderr, "{}\n", coloured(text, Colour::green, STDERR_FILENO));
  if (show.success_on_stdout) fmt::print("{}\n", text);
}

void print_push_failure(const PushFailure& failure) {
  print_failure(failure, "");
}

void print_rest(const FleetDevice& device, milliseconds rest) {
  fmt::print(stderr, "{}: {}: {}; next try in {:.0f} s\n", printable(device.report.target.name),
             to_text(device.report.failure->stage), printable(device.report.failure->message),
             std::chrono::duration<double>{rest}.count());
}

void print_trace(const FleetDevice& device, std::string_view text, Crowd crowd) {
  const std::string line = fmt::format("debug: {}{}", prefix(device, crowd), printable(std::string{text}));
  fmt::print(stderr, "{}\n", coloured(line, Colour::grey, STDERR_FILENO));
}

}  // namespace airlift::cli
