// A sketch that can be updated over the air: by the Arduino IDE, espota, or `airlift push`.
// Sketches with ArduinoOTA: change the include, and ArduinoOTA into Airlift.

#include <Airlift.h>

void setup() {
  WiFi.begin("your network", "its password");
  Airlift.setPassword("change me");
  Airlift.begin();
}

void loop() {
  Airlift.handle();
}
