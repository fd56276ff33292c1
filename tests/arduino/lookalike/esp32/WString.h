#pragma once
// A look-alike of Arduino's String: what the library and its examples use of it.

#include <cstring>
#include <string>

class String {
 public:
  String() = default;
  String(const char* text) : text_{text == nullptr ? "" : text} {}
  explicit String(unsigned int number) : text_{std::to_string(number)} {}

  String& operator=(const char* text) { return *this = String{text}; }
  String& operator+=(const char* text) {
    text_ += text;
    return *this;
  }
  String& operator+=(char character) {
    text_ += character;
    return *this;
  }
  [[nodiscard]] const char* c_str() const { return text_.c_str(); }
  [[nodiscard]] unsigned int length() const { return static_cast<unsigned int>(text_.size()); }

 private:
  std::string text_;
};
