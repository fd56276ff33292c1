#pragma once

#include "IPAddress.h"
#include "WiFiClient.h"
#include "WiFiServer.h"

enum WiFiMode_t { WIFI_OFF = 0, WIFI_STA = 1 };
enum wl_status_t { WL_CONNECTED = 3 };

class ESP8266WiFiClass {
 public:
  bool mode(WiFiMode_t mode) {
    mode_ = mode;
    return true;
  }
  WiFiMode_t getMode() const { return mode_; }
  wl_status_t begin(const char*, const char*) {
    mode_ = WIFI_STA;
    return WL_CONNECTED;
  }
  wl_status_t status() const { return WL_CONNECTED; }
  int waitForConnectResult() { return WL_CONNECTED; }
  IPAddress localIP();

 private:
  WiFiMode_t mode_{WIFI_STA};
};
extern ESP8266WiFiClass WiFi;
