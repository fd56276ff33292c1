#pragma once
// What a sketch's callbacks are told. docs/design/arduino.md, "The facade".

#include "airlift/base/update_error.hpp"
#include "airlift/image/image.hpp"

namespace airlift::arduino {

/// ArduinoOTA's ota_error_t (esp8266/Arduino and arduino-esp32, ArduinoOTA.h): the numbers that sketches
/// know.
enum class OtaError : std::uint8_t { auth = 0, begin = 1, connect = 2, receive = 3, end = 4 };

struct SketchEvent {
  enum class Kind : std::uint8_t { started, progress, finished, failed };
  Kind kind{Kind::started};
  image::Kind image{image::Kind::firmware};
  std::uint32_t done_bytes{0};
  std::uint32_t total_bytes{0};
  OtaError error{OtaError::end};  ///< of `failed`
};

}  // namespace airlift::arduino
