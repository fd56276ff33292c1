#pragma once
// What Airlift uses of the ESP8266 core, for the desktop. Written from the core's documentation
// (arduino-esp8266.readthedocs.io); behaves as it says: flash as NOR, sockets that are real.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

class String {
 public:
  String() = default;
  String(const char* text) : text_{text == nullptr ? "" : text} {}
  explicit String(int number) : text_{std::to_string(number)} {}
  const char* c_str() const { return text_.c_str(); }
  unsigned int length() const { return static_cast<unsigned int>(text_.size()); }
  bool operator==(const char* other) const { return text_ == other; }

 private:
  std::string text_;
};

unsigned long millis();
/// Lets the time pass; an upload's packets come in meanwhile.
void delay(unsigned long ms);

class EspClass {
 public:
  bool flashEraseSector(uint32_t sector);
  bool flashWrite(uint32_t address, const uint8_t* data, size_t size);
  bool flashRead(uint32_t address, uint8_t* data, size_t size);
  uint32_t getSketchSize();
  uint32_t getChipId();
  uint8_t* random(uint8_t* into, size_t size);
  /// On the desktop it comes back: lookalike::chip() tells.
  void restart();
};
extern EspClass ESP;

class HardwareSerial {
 public:
  void begin(unsigned long) {}
  void print(const char* text) { std::fputs(text, stdout); }
  void println(const char* text = "") {
    std::printf("%s\n", text);
    std::fflush(stdout);
  }
  void println(const String& text) { println(text.c_str()); }
  template <typename... Values>
  void printf(const char* format, Values... values) {
    std::printf(format, values...);
    std::fflush(stdout);
  }
};
extern HardwareSerial Serial;

#include "Updater.h"
