#include <LittleFS.h>
#include <strings.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "HomeDing.h"

Board homeding;
FS LittleFS;

namespace {

std::map<std::string, Element* (*)()>& types() {
  static std::map<std::string, Element* (*)()> known;
  return known;
}

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string FS::read(const std::string& path) {
  std::ifstream file{std::getenv("AIRLIFT_CHIP") + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool Element::set(const char* name, const char* value) {
  if (_stricmp(name, "loglevel") == 0) {
    loglevel = static_cast<std::uint16_t>(_atoi(value));
    return true;
  }
  return _stricmp(name, "title") == 0 || _stricmp(name, "description") == 0 || _stricmp(name, "startup") == 0;
}

void Element::pushState(std::function<void(const char* pName, const char* eValue)> callback) {
  callback("active", active ? "true" : "false");
}

int Element::_atoi(const char* value) {
  return static_cast<int>(std::strtol(value, nullptr, 0));
}
int Element::_stricmp(const char* one, const char* other) {
  return strcasecmp(one, other);
}

bool ElementRegistry::registerElement(const char* type, Element* (*create)()) {
  types()[type] = create;
  return true;
}
std::unique_ptr<Element> ElementRegistry::createElement(const std::string& type) {
  const auto found = types().find(type);
  return std::unique_ptr<Element>{found == types().end() ? nullptr : found->second()};
}

void Board::init(WebServer* /*server*/, FS* /*files*/, const char* build) {
  Serial.printf("homeding: build %s\n", build);
  read("/env.json");
  read("/config.json");
  for (const auto& element : elements_) {
    element->setup();
    element->start();
  }
}

void Board::read(const std::string& file) {
  const std::string text = LittleFS.read(file);
  if (text.empty()) return;
  const auto content = nlohmann::json::parse(text);
  for (const auto& [type, ids] : content.items()) {
    for (const auto& [id, properties] : ids.items()) {
      if (std::unique_ptr<Element> element = ElementRegistry::createElement(type)) {
        element->init(this);
        elements_.push_back(std::move(element));
      }
      for (const auto& [name, value] : properties.items()) set(type, id, name, text_of(value));
    }
  }
}

/// The board's own element is `device`; the others get what follows them.
void Board::set(const std::string& type, const std::string& id, const std::string& name,
                const std::string& value) {
  if (type == "device") {
    if (name == "name") deviceName = value.c_str();
    if (name == "safemode") isSafeMode = value == "true";
  } else if (elements_.empty() || !elements_.back()->set(name.c_str(), value.c_str())) {
    Serial.printf("homeding: %s/%s does not take %s=%s\n", type.c_str(), id.c_str(), name.c_str(),
                  value.c_str());
  }
}

void Board::loop() {
  for (const auto& element : elements_) {
    if (element->active) element->loop();
  }
  tell_states();
}

/// What HomeDing's page would show, whenever it changes.
void Board::tell_states() {
  std::string states;
  for (const auto& element : elements_) {
    element->pushState([&](const char* name, const char* value) {
      states.append(name).append("=").append(value).append(" ");
    });
  }
  if (states == told_) return;
  told_ = states;
  Serial.printf("homeding: %s\n", states.c_str());
}
