#include <Arduino.h>
#include <HomeDing.h>

#include <core/OTAElement.h>

#include <Airlift.h>

Element* OTAElement::create() {
  return new OTAElement();
}

OTAElement::OTAElement() {
  startupMode = Element::STARTUPMODE::Network;
}

// What HomeDing gives all elements comes first: Airlift's element has some of it, too.
bool OTAElement::set(const char* name, const char* value) {
  if (_stricmp(name, "port") == 0) {
    _port = _atoi(value);
    return true;
  }
  if (_stricmp(name, "passwd") == 0) {
    _passwd = value;
    return true;
  }
  if (_stricmp(name, "keys") == 0) return addKeys(value);
  return Element::set(name, value) || Airlift.set(name, value);
}

// Public keys as `airlift keygen` writes them, without the lines around them, separated by commas. One that
// cannot be read must not leave the device open: then signatures are required all the same, and no image is
// taken.
bool OTAElement::addKeys(const char* list) {
  bool all = true;
  for (const char* at = list; *at;) {
    size_t length = strcspn(at, ",");
    while (length > 0 && *at == ' ') at++, length--;
    String pem("-----BEGIN PUBLIC KEY-----\n");
    for (size_t i = 0; i < length; i++) pem += at[i];
    pem += "\n-----END PUBLIC KEY-----\n";
    _keys.push_back(pem);
    all = Airlift.addKey(_keys.back().c_str()) && all;
    at += length;
    if (*at == ',') at++;
  }
  if (!all) Airlift.set("signature", "required");
  return all;
}

void OTAElement::start() {
  if (_board->isSafeMode) return;
  Airlift.setHostname(_board->deviceName.c_str());
  Airlift.setPort(_port);
  if (_passwd.length() > 0) Airlift.setPassword(_passwd.c_str());

  Airlift.onStart([this]() { LOGGER_EINFO("an update begins"); });
  Airlift.onEnd([this]() { LOGGER_EINFO("done"); });
  Airlift.onError(
      [this](ota_error_t error) { LOGGER_EERR("Error[%u] %s", error, Airlift.lastError().c_str()); });
  Airlift.begin();
  Element::start();
}

void OTAElement::loop() {
  Airlift.handle();
}

void OTAElement::term() {
  Airlift.end();
  Element::term();
}

void OTAElement::pushState(std::function<void(const char* pName, const char* eValue)> callback) {
  Element::pushState(callback);
  callback("running", Airlift.running() ? "true" : "false");
  callback("trial", Airlift.onTrial() ? "true" : "false");
  callback("error", Airlift.lastError().c_str());
}
