#if defined(ARDUINO)

#include "airlift/arduino/airlift_class.hpp"

#include <optional>

using airlift::arduino::Engine;
using airlift::arduino::SketchEvent;
using airlift::arduino::this_board;

namespace {

/// In static memory, so that a build shows what it takes.
std::optional<Engine> engine;
airlift::Status opened;

/// Calls `act` with the stack that core needs.
template <typename Act>
void with_room(Act act) {
  this_board().run([](void* context) { (*static_cast<Act*>(context))(); }, &act);
}

}  // namespace

/// The engine of the settings that are there; false: the flash has no room for updates.
bool AirliftClass::makeEngine() {
  if (engine) return true;
  opened = this_board().open();
  if (!opened.ok()) return false;
  with_room([this] {
    engine.emplace(this_board());
    if (add_update_element_ != nullptr) [[maybe_unused]]
      const bool added = add_update_element_(*engine, authorities_);
    for (const Setting& each : settings_) {
      [[maybe_unused]] const auto set =
          engine->set(each.type.c_str(), each.property.c_str(), each.value.c_str());
    }
    for (const airlift::Bytes key : keys_)
      [[maybe_unused]] const airlift::Status added = engine->add_key(key);
  });
  return true;
}

/// Kept for another begin() after end(), too.
bool AirliftClass::keep(const char* type, const char* property, const char* value) {
  if (begun_ || value == nullptr || !makeEngine()) return false;
  auto result = airlift::element::SetResult::ok;
  with_room([&] { result = engine->set(type, property, value); });
  // What a value that cannot be used has closed stays closed, too.
  if (result != airlift::element::SetResult::unknown_property) settings_.push_back({type, property, value});
  return result == airlift::element::SetResult::ok;
}

AirliftClass& AirliftClass::setPort(uint16_t port) {
  keep("ota", "port", String(port).c_str());
  return *this;
}

AirliftClass& AirliftClass::setHostname(const char* hostname) {
  keep("device", "name", hostname);
  return *this;
}

String AirliftClass::getHostname() {
  return makeEngine() ? String(engine->name().c_str()) : String();
}

AirliftClass& AirliftClass::setPassword(const char* password) {
  keep("ota", "passwd", password);
  return *this;
}

AirliftClass& AirliftClass::setPasswordHash(const char* hash) {
  keep("ota", "passwdhash", hash);
  return *this;
}

AirliftClass& AirliftClass::setRebootOnSuccess(bool reboot) {
  reboot_on_success_ = reboot;
  return *this;
}

AirliftClass& AirliftClass::setMdnsEnabled(bool enabled) {
  mdns_ = enabled;
  return *this;
}

AirliftClass& AirliftClass::onStart(THandlerFunction call) {
  start_ = std::move(call);
  return *this;
}

AirliftClass& AirliftClass::onEnd(THandlerFunction call) {
  end_ = std::move(call);
  return *this;
}

AirliftClass& AirliftClass::onError(THandlerFunction_Error call) {
  error_ = std::move(call);
  return *this;
}

AirliftClass& AirliftClass::onProgress(THandlerFunction_Progress call) {
  progress_ = std::move(call);
  return *this;
}

// NOLINTNEXTLINE(readability-identifier-naming): the name in ArduinoOTA
void AirliftClass::begin(bool useMDNS) {
  if (begun_ || !makeEngine()) return;
  if (!useMDNS || !mdns_) [[maybe_unused]]
    const auto off = engine->set("device", "sd", "false");
  begun_ = true;
  with_room([] { engine->start(this_board().clock().now()); });
  restartIf(engine->take_restart());
}

void AirliftClass::end() {
  if (begun_) with_room([] { engine->stop(); });
  engine.reset();
  begun_ = false;
}

void AirliftClass::handle() {
  if (!begun_) return;
  with_room([] { engine->loop(this_board().clock().now()); });
  this_board().loop();
  const Engine::Restart due = engine->take_restart();
  tellAll();
  restartIf(due);
}

/// A callback may call end().
void AirliftClass::tellAll() {
  while (engine) {
    const std::optional<SketchEvent> event = engine->next_event();
    if (!event) return;
    tell(*event);
  }
}

void AirliftClass::tell(const SketchEvent& event) {
  switch (event.kind) {
    case SketchEvent::Kind::started:
      if (start_) start_();
      if (progress_) progress_(0, event.total_bytes);
      return;
    case SketchEvent::Kind::progress:
      if (progress_) progress_(event.done_bytes, event.total_bytes);
      return;
    case SketchEvent::Kind::finished:
      if (end_) end_();
      return;
    case SketchEvent::Kind::failed:
      if (error_) error_(static_cast<ota_error_t>(event.error));
      return;
  }
}

void AirliftClass::restartIf(Engine::Restart due) {
  const bool wanted =
      due == Engine::Restart::needed || (due == Engine::Restart::into_update && reboot_on_success_);
  if (wanted) this_board().restart();
}

int AirliftClass::getCommand() {
  constexpr int filesystem{100};
  return engine && engine->kind() == airlift::image::Kind::filesystem ? filesystem : 0;
}

bool AirliftClass::set(const char* property, const char* value) {
  return keep("ota", property, value);
}

bool AirliftClass::addKey(const char* pem) {
  return addKey(airlift::as_bytes(pem));
}

bool AirliftClass::addKey(const uint8_t* key, size_t size) {
  return addKey(airlift::Bytes{key, size});
}

bool AirliftClass::addKey(airlift::Bytes key) {
  if (begun_ || !makeEngine()) return false;
  airlift::Status added;
  with_room([&] { added = engine->add_key(key); });
  if (added.ok()) keys_.push_back(key);
  return added.ok();
}

bool AirliftClass::setUpdateServer(const char* url, const char* authorities) {
  if (begun_ || !makeEngine()) return false;
  if (add_update_element_ == nullptr) {
    if (!airlift::arduino::add_update_element(*engine, authorities)) return false;
    add_update_element_ = airlift::arduino::add_update_element;
    authorities_ = authorities;
  }
  return setUpdate("url", url);
}

bool AirliftClass::setUpdate(const char* property, const char* value) {
  return keep("update", property, value);
}

bool AirliftClass::checkForUpdate() {
  auto result = airlift::element::SetResult::unknown_property;
  if (begun_) with_room([&] { result = engine->act("update", "check"); });
  return result == airlift::element::SetResult::ok;
}

bool AirliftClass::onTrial() {
  return engine && engine->on_trial();
}

bool AirliftClass::confirm() {
  if (!engine) return true;
  airlift::Status confirmed;
  with_room([&] { confirmed = engine->confirm(); });
  return confirmed.ok();
}

bool AirliftClass::running() {
  return engine && engine->upload_running();
}

String AirliftClass::lastError() {
  const airlift::UpdateError error = engine ? engine->last_error() : opened.error();
  if (error == airlift::UpdateError::none) return String("ok");
  const airlift::FixedString<200> text{airlift::describe(error).text};
  return String(text.c_str());
}

AirliftClass Airlift;

#endif
