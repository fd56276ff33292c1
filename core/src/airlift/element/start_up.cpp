#include "airlift/element/start_up.hpp"

namespace airlift::element {
namespace {

constexpr std::uint8_t most_resets{255};
/// After a zero that could not be written.
constexpr milliseconds retry_interval{1000};

}  // namespace

std::string_view name_of(StartMode mode) {
  switch (mode) {
    case StartMode::normal:
      return "normal";
    case StartMode::unsafe:
      return "unsafe";
    case StartMode::bare:
      return "bare";
  }
  return "unknown";
}

StartMode start_mode(std::uint8_t resets_in_a_row) {
  struct Row {
    std::uint8_t least;
    StartMode mode;
  };
  constexpr Row table[]{{3, StartMode::bare}, {2, StartMode::unsafe}, {0, StartMode::normal}};
  const Row* row = table;
  while (resets_in_a_row < row->least) ++row;
  return row->mode;
}

Status StartCounter::begin(Instant now) {
  const std::uint8_t before = memory_.read();
  good_at_ = now + good_running;
  state_ = State::counted;
  resets_ = before;
  if (before == most_resets) return {};  // a device that crashes for ever shall not wear out its memory
  ++resets_;
  return memory_.write(resets_);
}

milliseconds StartCounter::loop(Instant now) {
  if (state_ != State::counted) return milliseconds::max();
  if (now < good_at_) return good_at_ - now;
  if (settle().ok()) return milliseconds::max();
  good_at_ = now + retry_interval;
  return retry_interval;
}

Status StartCounter::settle() {
  if (state_ != State::counted) return {};
  if (const Status written = memory_.write(0); !written.ok()) return written;
  state_ = State::settled;
  return {};
}

}  // namespace airlift::element
