#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/arduino/esp8266/mdns_advertiser.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::arduino::esp8266 {
namespace {

using Label = FixedString<63>;

/// "_arduino" -> "arduino": the responder writes the underscore itself.
Label without_underscore(std::string_view label) {
  return Label{label.substr(label.empty() || label.front() != '_' ? 0 : 1)};
}

}  // namespace

/// The responder probes by itself, and does not tell how that went.
Status MdnsAdvertiser::advertise(std::string_view name, const port::Service& service) {
  withdraw();
  name_ = FixedString<63>{name};
  const bool begun = MDNS.isRunning() ? MDNS.setHostname(name_.c_str()) : MDNS.begin(name_.c_str());
  const bool added = begun && add(service);
  state_ = added ? State::established : State::failed;
  return added ? Status{} : Status{UpdateError::network_failed};
}

bool MdnsAdvertiser::add(const port::Service& service) {
  std::string_view protocol = service.type;
  const Label type = without_underscore(codec::take_until(protocol, '.'));
  service_ = MDNS.addService(nullptr, type.c_str(), without_underscore(protocol).c_str(), service.port);
  if (service_ == nullptr) return false;
  for (const port::TxtEntry& entry : service.txt) {
    if (MDNS.addServiceTxt(service_, Label{entry.key}.c_str(), Label{entry.value}.c_str()) == nullptr)
      return false;
  }
  return true;
}

void MdnsAdvertiser::withdraw() {
  if (service_ != nullptr) [[maybe_unused]]
    const bool removed = MDNS.removeService(service_);
  service_ = nullptr;
  state_ = State::silent;
}

void MdnsAdvertiser::update() {
  if (service_ != nullptr) MDNS.update();
}

}  // namespace airlift::arduino::esp8266

#endif
