#include "airlift/base/fixed_string.hpp"

namespace airlift {
namespace {

constexpr std::size_t most_digits{20};  // of 64 bits

struct Digits {
  std::array<char, most_digits> text{};
  std::size_t first{most_digits};
  [[nodiscard]] std::string_view view() const { return {text.data() + first, most_digits - first}; }
};

// Not std::to_chars: its table of digits is memory on an ESP8266.
template <typename Unsigned>
Digits digits_of(Unsigned value) {
  Digits digits;
  do {
    digits.text[--digits.first] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return digits;
}

}  // namespace

void TextCursor::append_to(char* text, std::size_t capacity, std::string_view more) {
  const std::size_t room = capacity - size_;
  const std::size_t count = more.size() < room ? more.size() : room;
  more.copy(text + size_, count);  // unlike memcpy, takes the null pointer of an empty view
  size_ += count;
  text[size_] = '\0';
  truncated_ = truncated_ || count < more.size();
}

void TextCursor::append_decimal_to(char* text, std::size_t capacity, std::uint32_t value) {
  append_to(text, capacity, digits_of(value).view());
}

void TextCursor::append_decimal_to(char* text, std::size_t capacity, std::uint64_t value) {
  append_to(text, capacity, digits_of(value).view());
}

}  // namespace airlift
