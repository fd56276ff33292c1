#include "meter.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "progress.hpp"
#include "terminal.hpp"

namespace airlift::cli {

constexpr std::chrono::milliseconds patience{1000};
constexpr std::chrono::milliseconds redraw_interval{100};

Meter::~Meter() {
  if (line_open_) fmt::print(stderr, "\r\x1b[K");
}

void Meter::begin(std::uint32_t size_bytes) {
  size_bytes_ = size_bytes;
  done_bytes_ = 0;
  begin_ = Clock::now();
  next_ = begin_ + patience;
}

void Meter::advance(std::size_t bytes) {
  done_bytes_ += static_cast<std::uint32_t>(bytes);
  const auto now = Clock::now();
  if (now < next_ || !is_terminal(STDERR_FILENO)) return;
  next_ = now + redraw_interval;
  const Progress progress{done_bytes_, size_bytes_, std::chrono::duration_cast<milliseconds>(now - begin_)};
  fmt::print(stderr, "\r{}\x1b[K", progress_bar(progress, columns_of(STDERR_FILENO)));
  line_open_ = true;
}

}  // namespace airlift::cli
