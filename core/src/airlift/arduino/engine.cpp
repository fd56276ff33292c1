#include "airlift/arduino/engine.hpp"

#include <algorithm>

namespace airlift::arduino {
namespace {

constexpr std::string_view source_file{"sketch"};

enum class Meaning : std::uint8_t { nothing, password, beginning };

/// What ArduinoOTA would have told of a refusal. It passes over what is no invitation, and whom it does not
/// answer while it is busy.
Meaning meaning_of(UpdateError refusal) {
  if (refusal == UpdateError::wrong_password || refusal == UpdateError::too_many_tries ||
      refusal == UpdateError::no_challenge) {
    return Meaning::password;
  }
  if (refusal == UpdateError::bad_invitation || refusal == UpdateError::unknown_command ||
      refusal == UpdateError::bad_message || refusal == UpdateError::busy) {
    return Meaning::nothing;
  }
  return Meaning::beginning;
}

OtaError error_of_end(UpdateError error) {
  if (error == UpdateError::connect_failed || error == UpdateError::network_failed) return OtaError::connect;
  const bool broken = error == UpdateError::stalled || error == UpdateError::connection_lost ||
                      error == UpdateError::cancelled;
  return broken ? OtaError::receive : OtaError::end;
}

}  // namespace

Engine::Engine(SketchBoard& board)
    : board_{board},
      store_{board.flash(), board.map()},
      history_{board.flash(), board.map().history},
      updater_{store_, history_, {block_, nullptr, &long_digest_}},
      device_{board.default_name()},
      ota_{{board.ports().socket,
            board.ports().stream,
            board.ports().advertiser,
            board.ports().entropy,
            board.ports().calendar,
            keys_,
            board.ports().extension_stream,
            board.ports().listener,
            {}},
           updater_,
           board.board_id()},
      elements_{registry_, device_, board.ports().log, *this},
      trial_{store_, history_} {
  [[maybe_unused]] const bool added = registry_.add("device", device_, element::Presence::always) &&
                                      registry_.add("ota", ota_, element::Presence::always);
  updater_.set_installer(board);
  ota_.observe(*this);
  elements_.set({source_file, "ota", "0", "port", FixedString<8>{}.append_number(board.default_port())});
  elements_.set({source_file, "device", "0", "safemode", "false"});
  elements_.set({source_file, "ota", "0", "confirm", "alive 60"});
}

element::SetResult Engine::set(std::string_view type, std::string_view property, std::string_view value) {
  for (const element::Place& place : registry_.places()) {
    if (place.type == type) return place.element->set(property, value);
  }
  return element::SetResult::unknown_property;
}

element::SetResult Engine::act(std::string_view type, std::string_view name) {
  for (const element::Place& place : registry_.places()) {
    if (place.type == type) return place.element->act(name, {});
  }
  return element::SetResult::unknown_property;
}

Status Engine::add_key(Bytes key) {
  if (const Status added = keys_.add(key); !added.ok()) return added;
  FixedString<32> names;
  for (std::size_t i = 0; i < keys_.count(); ++i) names.append(i == 0 ? "" : ",").append_number(i);
  return ota_.set("keys", names) == element::SetResult::ok ? Status{} : Status{UpdateError::key_unreadable};
}

void Engine::start(Instant now) {
  settle(now);
  elements_.start(now);
  elements_.network_is_up(now);
  elements_.time_is_known(now);
}

/// What cannot be settled does not keep new images out: the first one makes a new record.
void Engine::settle(Instant now) {
  const element::TrialSettings& settings = ota_.settings().trial();
  const Result<boot::BootPlan> plan = board_.settle(store_, settings.attempts, block_);
  history_.load();
  if (!plan.ok()) {
    if (plan.error() != UpdateError::no_boot_record) last_error_ = plan.error();
    return trial_.begin({}, settings, now);
  }
  if (!board_.is_running(plan.value())) restart_ = Restart::needed;
  trial_.begin(plan.value(), settings, now);
}

Status Engine::confirm() {
  const bool was_on_trial = on_trial();
  const Status confirmed = trial_.confirm();
  if (was_on_trial && !on_trial()) board_.confirmed();
  return confirmed;
}

void Engine::stop() {
  elements_.stop();
}

void Engine::loop(Instant now) {
  [[maybe_unused]] const milliseconds wait = elements_.loop(now);
  note_progress();
  watch_trial(now);
}

void Engine::watch_trial(Instant now) {
  const bool was_on_trial = on_trial();
  [[maybe_unused]] const milliseconds wait = trial_.loop(now);
  if (was_on_trial && trial_.state() == element::Trial::State::confirmed) board_.confirmed();
  if (trial_.state() != element::Trial::State::failed || last_error_ == trial_.reason()) return;
  last_error_ = trial_.reason();
  restart_ = Restart::needed;
}

void Engine::push(SketchEvent::Kind kind, OtaError error) {
  if (event_count_ == most_events) return;
  events_[event_count_++] = {kind, this->kind(), updater_.received_bytes(),
                             updater_.announcement().size_bytes, error};
}

std::optional<SketchEvent> Engine::next_event() {
  if (event_count_ == 0) return std::nullopt;
  const SketchEvent event = events_.front();
  std::copy(events_.begin() + 1, events_.begin() + event_count_--, events_.begin());
  return event;
}

void Engine::note_progress() {
  if (!upload_on_ || updater_.received_bytes() == told_bytes_) return;
  told_bytes_ = updater_.received_bytes();
  push(SketchEvent::Kind::progress);
}

void Engine::upload_begun() {
  // A paused one gives way without an end of its own.
  if (upload_on_) push(SketchEvent::Kind::failed, OtaError::receive);
  upload_on_ = true;
  told_bytes_ = 0;
  push(SketchEvent::Kind::started);
}

void Engine::upload_ended(UpdateError error) {
  note_progress();
  upload_on_ = false;
  if (error == UpdateError::none) return push(SketchEvent::Kind::finished);
  last_error_ = error;
  push(SketchEvent::Kind::failed, error_of_end(error));
}

void Engine::upload_refused(UpdateError error) {
  const Meaning meaning = meaning_of(error);
  if (upload_on_ || meaning == Meaning::nothing) return;
  last_error_ = error;
  push(SketchEvent::Kind::failed, meaning == Meaning::password ? OtaError::auth : OtaError::begin);
}

void Engine::reboot() {
  if (restart_ == Restart::none)
    restart_ = updater_.phase() == update::Updater::Phase::done ? Restart::into_update : Restart::needed;
}

Engine::Restart Engine::take_restart() {
  const Restart due = restart_;
  restart_ = Restart::none;
  return due;
}

}  // namespace airlift::arduino
