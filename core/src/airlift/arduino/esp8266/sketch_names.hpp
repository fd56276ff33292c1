#pragma once
// The names that sketches take from ArduinoOTA.h and what it includes.

#if defined(ARDUINO_ARCH_ESP8266)

#include <ESP8266WiFi.h>
#include <ESP8266mDNS.h>
#include <Updater.h>
#include <WiFiUdp.h>

// Also in ArduinoOTA.h: a sketch has one of the two.
// NOLINTBEGIN(readability-identifier-naming): ArduinoOTA's names
enum ota_error_t {
  OTA_AUTH_ERROR,
  OTA_BEGIN_ERROR,
  OTA_CONNECT_ERROR,
  OTA_RECEIVE_ERROR,
  OTA_END_ERROR,
};
// NOLINTEND(readability-identifier-naming)

#endif
