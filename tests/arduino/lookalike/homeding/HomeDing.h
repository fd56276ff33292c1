#pragma once
// A look-alike of HomeDing 0.9.8, written from its documentation (homeding.github.io): what an element, and a
// sketch with HomeDing, see of it. The configuration is read from /env.json and /config.json of the file
// system.

#include <Arduino.h>
#include <WiFi.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

class Board;

class Element {
 public:
  enum STARTUPMODE : std::uint16_t { Manual = 0, System = 1, Network = 2, Time = 3 };

  virtual ~Element() = default;
  virtual void init(Board* board) { _board = board; }
  virtual bool set(const char* name, const char* value);
  virtual void setup() {}
  virtual void start() { active = true; }
  virtual void loop() {}
  virtual void term() { active = false; }
  virtual void pushState(std::function<void(const char* pName, const char* eValue)> callback);

  static int _atoi(const char* value);
  static int _stricmp(const char* one, const char* other);

  char id[32]{};
  std::uint16_t loglevel{0};
  bool active{false};
  STARTUPMODE startupMode{STARTUPMODE::Network};

 protected:
  Board* _board{nullptr};
};

class ElementRegistry {
 public:
  static bool registerElement(const char* type, Element* (*create)());
  static std::unique_ptr<Element> createElement(const std::string& type);
};

class WebServer {
 public:
  explicit WebServer(int /*port*/) {}
  template <typename Handler>
  void addHandler(Handler* handler) {
    handler_.reset(handler);
  }
  void handleClient() {}

 private:
  std::shared_ptr<void> handler_;
};

class FS;

class Board {
 public:
  /// Reads the configuration, makes the elements, and starts those whose time has come.
  void init(WebServer* server, FS* files, const char* build);
  void loop();

  bool isSafeMode{true};
  String deviceName{"homeding"};

 private:
  void set(const std::string& type, const std::string& id, const std::string& name, const std::string& value);
  void read(const std::string& file);
  void tell_states();

  std::vector<std::unique_ptr<Element>> elements_;
  std::string told_;
};
extern Board homeding;

#define LOGGER_EINFO(...) Serial.printf("homeding: " __VA_ARGS__), Serial.println("")
#define LOGGER_EERR(...) Serial.printf("homeding: " __VA_ARGS__), Serial.println("")

#include <core/OTAElement.h>
