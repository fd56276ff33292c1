#pragma once
// A look-alike of the ESP32 core's header: a network that is there, unless the image that runs says
// `network=none`.

enum wl_status_t { WL_CONNECTED = 3, WL_DISCONNECTED = 6 };
enum wifi_mode_t { WIFI_STA = 1 };

class WiFiClass {
 public:
  void mode(wifi_mode_t /*mode*/) {}
  wl_status_t begin(const char* /*network*/, const char* /*password*/) { return status(); }
  wl_status_t status();
};
extern WiFiClass WiFi;
