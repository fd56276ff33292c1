// The ESP32 core's own functions, over chip.hpp.

#include <cstdlib>
#include <filesystem>

#include "Arduino.h"
#include "WiFi.h"
#include "chip.hpp"
#include "esp_ota_ops.h"

EspClass ESP;
HardwareSerial Serial;
WiFiClass WiFi;

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

void HardwareSerial::println(const char* text) {
  printf("%s\n", text);
}

void HardwareSerial::printf(const char* format, ...) {
  va_list values;
  va_start(values, format);
  std::vprintf(format, values);
  va_end(values);
  std::fflush(stdout);
}

wl_status_t WiFiClass::status() {
  return chip::image_says("network") == "none" ? WL_DISCONNECTED : WL_CONNECTED;
}

int digitalRead(int /*pin*/) {
  return std::filesystem::remove(std::string{std::getenv("AIRLIFT_CHIP")} + "/button") ? LOW : HIGH;
}
