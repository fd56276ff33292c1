// The ESP32 core's own functions, over chip.hpp.

#include <algorithm>

#include "Arduino.h"
#include "chip.hpp"
#include "esp_ota_ops.h"

EspClass ESP;

/// Of the image in the partition: what follows it is erased.
std::uint32_t EspClass::getSketchSize() {
  const esp_partition_t* const running = esp_ota_get_running_partition();
  std::uint32_t size{0};
  for (std::uint32_t at = 0; at < running->size; at += 256) {
    std::uint8_t piece[256];
    esp_partition_read(running, at, piece, sizeof(piece));
    for (std::uint32_t i = 0; i < sizeof(piece); ++i) {
      if (piece[i] != 0xFF) size = at + i + 1;
    }
  }
  return size;
}

void EspClass::restart() {
  chip::restart("ESP.restart()");
}
