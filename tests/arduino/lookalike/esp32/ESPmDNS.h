#pragma once
// A look-alike of the ESP32 core's header: sketches with ArduinoOTA find it included.
