#pragma once
// A look-alike of the ESP32 core's header, written from its documentation: what the library and its examples
// use of it.

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <functional>

#include "WString.h"

class EspClass {
 public:
  std::uint64_t getEfuseMac() { return 0xF6E5D4C3B2A1; }  // a1:b2:c3:d4:e5:f6
  std::uint32_t getSketchSize();
  const char* getSdkVersion() { return "look-alike"; }
  [[noreturn]] void restart();
};
extern EspClass ESP;

/// The serial port: standard output.
class HardwareSerial {
 public:
  void begin(unsigned long /*baud*/) {}
  void println(const char* text);
  void println(const String& text) { println(text.c_str()); }
  void printf(const char* format, ...) __attribute__((format(printf, 2, 3)));
};
extern HardwareSerial Serial;

constexpr int LOW{0};
constexpr int HIGH{1};
constexpr int INPUT_PULLUP{5};
inline void pinMode(int /*pin*/, int /*mode*/) {}
/// LOW, once, when somebody has put a file "button" into the chip's folder.
int digitalRead(int pin);
inline void configTime(long /*zone_s*/, int /*summer_s*/, const char* /*server*/) {}

// The core's log: one line on the serial port.
#define AIRLIFT_LOOKALIKE_LOG(letter, format, ...) \
  Serial.printf("[" letter "] " format "\n" __VA_OPT__(, ) __VA_ARGS__)
#define log_e(...) AIRLIFT_LOOKALIKE_LOG("E", __VA_ARGS__)
#define log_w(...) AIRLIFT_LOOKALIKE_LOG("W", __VA_ARGS__)
#define log_i(...) AIRLIFT_LOOKALIKE_LOG("I", __VA_ARGS__)
#define log_d(...) AIRLIFT_LOOKALIKE_LOG("D", __VA_ARGS__)
