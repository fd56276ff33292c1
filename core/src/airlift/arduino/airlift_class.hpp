#pragma once
// The facade for sketches: ArduinoOTA's calls (esp8266/Arduino and arduino-esp32, libraries/ArduinoOTA), and
// what Airlift has besides. docs/design/arduino.md.

#if defined(ARDUINO)

#include <Arduino.h>

#include <functional>
#include <vector>

#include "airlift/arduino/engine.hpp"
#include "airlift/arduino/esp32/sketch_names.hpp"
#include "airlift/arduino/esp8266/sketch_names.hpp"

// NOLINTBEGIN(readability-identifier-naming): ArduinoOTA's names, and new ones as Arduino has them
class AirliftClass {
 public:
  using THandlerFunction = std::function<void()>;
  using THandlerFunction_Error = std::function<void(ota_error_t)>;
  using THandlerFunction_Progress = std::function<void(unsigned int, unsigned int)>;

  // As ArduinoOTA. Setters count until begin(), and again after end().

  AirliftClass& setPort(uint16_t port);
  AirliftClass& setHostname(const char* hostname);
  String getHostname();
  AirliftClass& setPassword(const char* password);
  /// The MD5 of the password in hex: enough for espota, not for `airlift push`, whose proof needs the
  /// password.
  AirliftClass& setPasswordHash(const char* hash);
  AirliftClass& setRebootOnSuccess(bool reboot);
  AirliftClass& setMdnsEnabled(bool enabled);

  AirliftClass& onStart(THandlerFunction call);
  AirliftClass& onEnd(THandlerFunction call);
  AirliftClass& onError(THandlerFunction_Error call);
  AirliftClass& onProgress(THandlerFunction_Progress call);

  /// WiFi is connected, or will be.
  void begin(bool useMDNS = true);
  void end();
  /// Returns at once: at most the work for one sector of the flash.
  void handle();
  /// U_FLASH or the number of a filesystem, of the upload that is on or was last.
  int getCommand();

  // Airlift's own.

  /// A property of the `ota` element (docs/configuration.md). False: unknown, or the value cannot be used.
  bool set(const char* property, const char* value);
  /// Trusts a public key, PEM; signatures are required from now on. `pem` is a constant. False: no such key.
  bool addKey(const char* pem);
  /// The same for DER, or the 32 bytes of an Ed25519 key.
  bool addKey(const uint8_t* key, size_t size);
  /// The running image is on trial: it goes when nobody confirms it. Never on ESP8266.
  bool onTrial();
  /// True: it is not on trial, or not any more.
  bool confirm();
  bool running();
  /// Asks this server for images now and then; docs/configuration.md, `update`. `authorities`: PEM of those
  /// who may sign for it, a constant; without them plain HTTP only. False: not on ESP8266, or no such
  /// address.
  bool setUpdateServer(const char* url, const char* authorities = nullptr);
  /// Another property of that element, after setUpdateServer(). False: unknown, or the value cannot be used.
  bool setUpdate(const char* property, const char* value);
  /// Asks it now. False: it may not be asked.
  bool checkForUpdate();
  /// Why the last upload failed, or was refused; "ok" when none did.
  String lastError();

 private:
  struct Setting {
    String type;
    String property;
    String value;
  };
  bool keep(const char* type, const char* property, const char* value);
  bool makeEngine();
  bool addKey(airlift::Bytes key);
  void tell(const airlift::arduino::SketchEvent& event);
  void tellAll();
  void restartIf(airlift::arduino::Engine::Restart due);

  THandlerFunction start_;
  THandlerFunction end_;
  THandlerFunction_Error error_;
  THandlerFunction_Progress progress_;
  std::vector<Setting> settings_;
  std::vector<airlift::Bytes> keys_;
  /// A pointer, so that what is behind it is linked in when it is used.
  bool (*add_update_element_)(airlift::arduino::Engine&, const char*){nullptr};
  const char* authorities_{nullptr};
  bool reboot_on_success_{true};
  bool mdns_{true};
  bool begun_{false};
};

extern AirliftClass Airlift;
// NOLINTEND(readability-identifier-naming)

#endif
