// HomeDing with Airlift's `ota` element: the same configuration, signed images, and on ESP32 rollback.
//
// Once: copy OTAElement.h and OTAElement.cpp from this library's extras/HomeDing over those in src/core of the HomeDing
// library. docs/homeding.md of Airlift tells more.

#define HOMEDING_REGISTER 1

#include <Arduino.h>
#include <HomeDing.h>

#include <BoardServer.h>
#include <LittleFS.h>

WebServer server(80);

void setup() {
  Serial.begin(115200);
  // For a device without keys in its configuration: the element's property `keys`.
  // Airlift.addKey("-----BEGIN PUBLIC KEY-----\n...\n-----END PUBLIC KEY-----\n");
  homeding.init(&server, &LittleFS, "airlift");
  server.addHandler(new BoardHandler(&homeding));
}

void loop() {
  server.handleClient();
  homeding.loop();
}
