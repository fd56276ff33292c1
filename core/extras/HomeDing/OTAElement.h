// HomeDing's `ota` element by Airlift: put this file and OTAElement.cpp in place of those in src/core of the
// HomeDing library (0.9.8). The same type, class and properties; docs/homeding.md of Airlift lists the new
// ones.

#pragma once

#include <list>

class OTAElement : public Element {
 public:
  // Factory and registration, as every element has them.
  static Element* create();
  static bool registered;

  OTAElement();

  // `port`, `passwd` and what all elements have; besides, the properties of Airlift's `ota` element.
  virtual bool set(const char* name, const char* value) override;

  // Listens, but for safe mode.
  virtual void start() override;

  // One turn: at most the work for one sector of the flash, so the other elements go on during an upload.
  virtual void loop() override;

  virtual void term() override;

  // Besides `active`: `running`, `trial` and `error`.
  virtual void pushState(std::function<void(const char* pName, const char* eValue)> callback) override;

 private:
  bool addKeys(const char* list);

  uint16_t _port = 8266;
  String _passwd;
  std::list<String> _keys;  // Airlift keeps pointers to them
};

#ifdef HOMEDING_REGISTER
bool OTAElement::registered = ElementRegistry::registerElement("ota", OTAElement::create);
#endif
