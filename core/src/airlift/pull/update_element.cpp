#include "airlift/pull/update_element.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/codec/text.hpp"
#include "airlift/element/board.hpp"

namespace airlift::pull {
namespace {

using element::idle_wait;
using element::SetResult;
using Level = port::LogLevel;
using Message = FixedString<300>;
using Number = FixedString<20>;
using State = PullCourse::State;

template <typename Integer>
void number(element::ValueSink& sink, std::string_view key, Integer value) {
  sink.value(key, Number{}.append_number(value));
}

}  // namespace

UpdateElement::UpdateElement(const Ports& ports, element::OtaElement& ota, update::Updater& updater,
                             const DeviceIdentity& identity)
    : ports_{ports},
      ota_{ota},
      updater_{updater},
      identity_{identity},
      running_{updater.store()},
      course_{{ports.http, ports.memory, ports.calendar}, ota, updater, settings_} {}

Status UpdateElement::check_now() {
  if (!may_ask()) return UpdateError::safe_mode;
  if (!settings_.usable()) return UpdateError::bad_configuration;
  if (!course_.running()) wanted_ = true;
  if (ota_.busy() && !course_.running())
    log(Level::info, "a check is asked for: it waits until the upload or the trial is over");
  look_again_at_ = now_;
  return {};
}

std::string_view UpdateElement::state_name() const {
  switch (course_.state()) {
    case State::asking:
      return "asking";
    case State::looking:
      return "looking";
    case State::receiving:
      return "receiving";
    case State::pausing:
      return "pausing";
    case State::finishing:
      return "finishing";
    case State::idle:
    case State::over:
      break;
  }
  return "waiting";
}

SetResult UpdateElement::do_set(std::string_view property, std::string_view value) {
  return settings_.set(property, value);
}

void UpdateElement::do_start(element::Board& board, Instant now) {
  board_ = &board;
  now_ = look_again_at_ = now;
  log_settings();
  if (settings_.interval() > seconds{0}) next_at_ = now + first_wait(settings_.interval(), draw());
}

void UpdateElement::log_settings() {
  if (board_->safe_mode_for(*this)) return log(Level::warning, "safe mode: no server is asked");
  if (!settings_.usable())
    return log(Level::error, "no server is asked: a property is missing, or cannot be used");
  if (settings_.encrypted() && !settings_.trusts_anybody())
    log(Level::error, "ca or fingerprint cannot be used: no HTTPS server is trusted");
  const bool any_image = ota_.settings().policy(ota_.board_id()).mode == image::SignatureMode::off;
  if (!settings_.encrypted() && any_image)
    log(Level::warning, "http without signatures: whoever is on the way can send any image");
  Message message{"asks "};
  message.append(settings_.host());
  if (settings_.interval() > seconds{0}) {
    message.append(" every ").append_number(settings_.interval().count()).append(" s");
  } else {
    message.append(" when somebody wants it");
  }
  log(Level::info, message.append(", channel ").append(settings_.channel()));
}

milliseconds UpdateElement::do_loop(Instant now) {
  now_ = now;
  if (course_.running()) {
    const bool went = course_.step(now);
    if (!course_.running()) end_check();
    return went ? milliseconds{0} : std::min<milliseconds>(idle_wait, course_.wait(now));
  }
  return may_ask() && settings_.usable() ? wait_for_turn() : idle_wait;
}

/// Until somebody wants a check or it is time for one, and nothing else is on. The running image is read
/// before: then the check asks at once.
milliseconds UpdateElement::wait_for_turn() {
  if (!running_.known() && !ota_.busy()) {
    running_.step();
    return milliseconds{0};
  }
  const bool due = wanted_ || (next_at_ && now_ >= *next_at_);
  const Instant look_at = due ? look_again_at_ : next_at_.value_or(now_ + idle_wait);
  if (now_ < look_at) return std::min<milliseconds>(idle_wait, look_at - now_);
  if (!due || postponed()) return idle_wait;
  begin_check();
  return milliseconds{0};
}

/// True: not now.
bool UpdateElement::postponed() {
  if (ota_.busy()) {
    if (!wanted_) look_again_at_ = now_ + occupied_wait;
    return true;
  }
  const std::uint64_t time_s = ports_.calendar.unix_seconds();
  if (wanted_ || time_s == 0) return false;
  const seconds left = quiet_left(settings_.quiet(), ports_.calendar.local_time_of_day(time_s));
  if (left == seconds{0}) return false;
  plan(left + delay_after_quiet(draw()));
  return true;
}

void UpdateElement::begin_check() {
  wanted_ = false;
  Asker asker;
  asker.board = ota_.board_id();
  asker.name = board_->device().name();
  asker.version = running_.info().version;
  asker.station_mac = identity_.station_mac;
  asker.chip_id = identity_.chip_id;
  asker.sdk_version = identity_.sdk_version;
  asker.slot_bytes = updater_.slot_bytes(image::Kind::firmware);
  asker.flash_bytes = static_cast<std::uint32_t>(boot::end_of(updater_.store().map()));
  asker.running = running_.identity();
  asker.md5 = running_.md5();
  course_.begin(asker, now_);
  if (!course_.running()) end_check();
}

void UpdateElement::end_check() {
  last_ = course_.outcome();
  last_time_s_ = ports_.calendar.unix_seconds();
  ++checks_;
  log_outcome();
  failures_ = last_.result == CheckResult::failed ? failures_ + 1 : 0;
  if (settings_.interval() == seconds{0}) return;
  const milliseconds wait = failures_ > 0 ? wait_after_failure(failures_, settings_.interval(), draw())
                                          : regular_wait(settings_.interval(), draw());
  plan(std::max<milliseconds>(wait, last_.retry_after));
}

void UpdateElement::log_outcome() {
  Message message{settings_.host()};
  switch (last_.result) {
    case CheckResult::up_to_date:
      return log(Level::info, message.append(": up to date"));
    case CheckResult::installed:
      return log(Level::info, message.append(": installed ").append(last_.version));
    case CheckResult::ruled_out:
      message.append(" offers ").append(last_.version).append(": ");
      break;
    case CheckResult::failed:
      message.append(": the check failed: ");
      break;
  }
  message.append(describe(last_.error).text).append(". ").append(describe(last_.error).advice);
  log(Level::warning, message);
}

void UpdateElement::plan(milliseconds wait) {
  next_at_ = now_ + wait;
}

std::uint32_t UpdateElement::draw() {
  constexpr std::uint32_t middle{0x80000000};
  std::array<std::uint8_t, 4> bytes{};
  return ports_.entropy.fill(bytes).ok() ? load_le32(bytes.data()) : middle;
}

void UpdateElement::do_stop() {
  course_.abort(UpdateError::cancelled);
  settings_.forget_credentials();
}

void UpdateElement::do_values(element::ValueSink& sink) {
  sink.value("active", element::text_of(may_ask()));
  sink.value("state", state_name());
  if (course_.state() == State::receiving || course_.state() == State::pausing) {
    number(sink, "progress", course_.received_bytes());
    number(sink, "size", course_.size_bytes());
  }
  sink.value("channel", settings_.channel());
  sink.value("host", settings_.host());
  if (next_at_ && !course_.running()) {
    const auto left = std::chrono::duration_cast<seconds>(std::max(*next_at_ - now_, milliseconds{0}));
    number(sink, "next", left.count());
  }
  number(sink, "checks", checks_);
  if (checks_ == 0) return;
  sink.value("last", FixedString<64>{name_of(last_.result)}.append(" ").append(describe(last_.error).name));
  number(sink, "last.time", last_time_s_);
  if (!last_.version.empty()) sink.value("last.version", last_.version);
}

SetResult UpdateElement::do_act(std::string_view name, std::string_view /*value*/) {
  if (!codec::equal_ignoring_case(name, "check")) return SetResult::unknown_property;
  return check_now().ok() ? SetResult::ok : SetResult::bad_value;
}

void UpdateElement::log(Level level, std::string_view message) {
  board_->log(*this, level, message);
}

}  // namespace airlift::pull
