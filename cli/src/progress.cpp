#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace airlift::cli {
namespace {

double seconds_of(milliseconds duration) {
  return std::chrono::duration<double>{duration}.count();
}

}  // namespace

std::string size_text(double bytes) {
  constexpr double step{1024};
  if (bytes < step) return fmt::format("{:.0f} bytes", bytes);
  if (bytes < step * step) return fmt::format("{:.1f} KiB", bytes / step);
  return fmt::format("{:.1f} MiB", bytes / step / step);
}

std::string duration_text(milliseconds duration) {
  const double all = seconds_of(duration);
  if (all < 10) return fmt::format("{:.2f} s", all);
  if (all < 60) return fmt::format("{:.1f} s", all);
  const auto whole = static_cast<long long>(all);
  return fmt::format("{}:{:02} min", whole / 60, whole % 60);
}

unsigned Progress::percent() const {
  return static_cast<unsigned>(std::uint64_t{sent_bytes} * 100 / size_bytes);
}

std::string progress_text(const Progress& progress) {
  std::string text = fmt::format("{} of {}", size_text(progress.sent_bytes), size_text(progress.size_bytes));
  constexpr milliseconds too_early_for_a_rate{200};
  if (progress.sent_bytes == 0 || progress.elapsed < too_early_for_a_rate) return text;
  const double rate = progress.sent_bytes / seconds_of(progress.elapsed);
  text += fmt::format(", {}/s", size_text(rate));
  const double left = (progress.size_bytes - progress.sent_bytes) / rate;
  if (progress.sent_bytes < progress.size_bytes) text += fmt::format(", {:.0f} s left", left);
  return text;
}

std::string progress_bar(const Progress& progress, int columns) {
  const std::string figures = progress_text(progress);
  const std::string head = fmt::format("{:3} % ", progress.percent());
  // Brackets, a blank before the figures, and the last column, which some terminals wrap at.
  const int room = columns - static_cast<int>(head.size() + figures.size()) - 4;
  constexpr int narrowest{5};
  constexpr int widest{40};
  if (room < narrowest) return (head + figures).substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
  const auto width = static_cast<std::size_t>(std::min(room, widest));
  const std::size_t done = width * progress.percent() / 100;
  std::string bar(done, '=');
  if (done > 0 && done < width) bar.back() = '>';
  bar.resize(width, ' ');
  return fmt::format("{}[{}] {}", head, bar, figures);
}

}  // namespace airlift::cli
