#include "airlift/element/board.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::element {
namespace {

constexpr std::size_t longest_message_bytes{200};
constexpr std::string_view default_id{"0"};

ElementId joined_id(std::string_view type, std::string_view id) {
  return ElementId{type}.append("/").append(id);
}

}  // namespace

void Board::warn(const Setting& setting, std::string_view reason) {
  FixedString<longest_message_bytes> message{setting.file};
  message.append(": ").append(setting.type).append("/").append(setting.id).append(": ").append(reason);
  log_.write(port::LogLevel::warning, "board", message);
}

Element* Board::find_or_claim(const Setting& setting) {
  const ElementId id = joined_id(setting.type, setting.id);
  if (id.truncated()) {
    warn(setting, "the element's id is too long");
    return nullptr;
  }
  bool known_type{false};
  const Place* free_place{nullptr};
  for (const Place& place : registry_.places()) {
    if (!codec::equal_ignoring_case(place.type, setting.type)) continue;
    known_type = true;
    if (mode() == StartMode::bare && place.presence == Presence::when_configured) return nullptr;
    if (codec::equal_ignoring_case(place.element->id(), id)) return place.element;
    if (!place.element->claimed() && free_place == nullptr) free_place = &place;
  }
  if (free_place != nullptr) {
    free_place->element->claim(joined_id(free_place->type, setting.id), true);
    return free_place->element;
  }
  if (mode() != StartMode::bare || known_type) {
    warn(setting, known_type ? "no room for another element of this type" : "unknown element type");
  }
  return nullptr;
}

void Board::set(const Setting& setting) {
  Element* element = find_or_claim(setting);
  if (element == nullptr) return;
  FixedString<longest_message_bytes> reason;
  switch (element->set(setting.property, setting.value)) {
    case SetResult::ok:
      return;
    case SetResult::unknown_property:
      reason.append("unknown property '").append(setting.property).append("'");
      break;
    case SetResult::bad_value:
      reason.append("the value of '")
          .append(setting.property)
          .append("' cannot be used; the property keeps its value");
      break;
  }
  warn(setting, reason);
}

bool Board::safe_mode_for(const Element& element) const {
  switch (mode()) {
    case StartMode::normal:
      return device_.safe_mode();
    case StartMode::unsafe:
      return false;
    case StartMode::bare:
      break;
  }
  if (!element.configured()) return true;
  const bool repairable = by_resets_ != StartMode::normal && element.has_password();
  return device_.safe_mode() && !repairable;
}

bool Board::busy() const {
  const Span<const Place> places = registry_.places();
  return std::any_of(places.begin(), places.end(), [](const Place& place) { return place.element->busy(); });
}

void Board::log_mode() {
  if (mode() == StartMode::normal) return;
  FixedString<longest_message_bytes> message;
  if (by_resets_ != StartMode::normal)
    message.append_number(resets_).append(" starts without 60 s of good running: ");
  message.append(mode() == StartMode::unsafe
                     ? "safe mode is off until the next start"
                     : "bare mode, only the device, ota and web elements are started");
  log_.write(port::LogLevel::warning, "board", message);
}

void Board::start(Instant now) {
  if (phase_ != Phase::configuring) return;
  log_mode();
  for (const Place& place : registry_.places()) {
    const bool wanted = place.presence == Presence::always ||
                        (mode() == StartMode::bare && place.presence == Presence::in_bare_mode);
    if (wanted && !place.element->claimed()) place.element->claim(joined_id(place.type, default_id), false);
  }
  phase_ = Phase::sys;
  start_elements(StartUp::sys, now);
}

void Board::network_is_up(Instant now) {
  if (phase_ != Phase::sys) return;
  phase_ = Phase::net;
  start_elements(StartUp::net, now);
}

void Board::time_is_known(Instant now) {
  if (phase_ != Phase::net) return;
  phase_ = Phase::time;
  start_elements(StartUp::time, now);
}

void Board::start_elements(StartUp up_to, Instant now) {
  for (const Place& place : registry_.places()) {
    Element& element = *place.element;
    if (element.claimed() && !element.active() && element.start_up() <= up_to) element.start(*this, now);
  }
}

milliseconds Board::loop(Instant now) {
  milliseconds wait{idle_wait};
  for (const Place& place : registry_.places()) {
    if (place.element->active()) wait = std::min(wait, place.element->loop(now));
  }
  if (reboot_requested_) {
    reboot_requested_ = false;
    system_.reboot();
  }
  return wait;
}

void Board::stop() {
  const Span<const Place> places = registry_.places();
  for (std::size_t i = places.size(); i > 0; --i) places[i - 1].element->stop();
  phase_ = Phase::stopped;
}

void Board::log(const Element& element, port::LogLevel level, std::string_view message) {
  // Warnings pass at every level: HomeDing has no level between errors and information.
  const port::LogLevel most =
      element.log_level().value_or(device_.log_level().value_or(port::LogLevel::info));
  if (level > port::LogLevel::warning && level > most) return;
  log_.write(level, element.id(), message);
}

}  // namespace airlift::element
