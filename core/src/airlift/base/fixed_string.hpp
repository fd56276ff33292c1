#pragma once
// Text of bounded length that lives where it is declared: no heap, always zero-terminated.

#include <array>
#include <charconv>
#include <string_view>
#include <type_traits>

namespace airlift {

/// Holds up to `Capacity` characters. Appending more than fits keeps what fits and marks the text
/// `truncated()`: a message may be shortened, a value must be checked.
template <std::size_t Capacity>
class FixedString {
 public:
  constexpr FixedString() = default;
  FixedString(std::string_view text) { append(text); }

  void clear() {
    size_ = 0;
    truncated_ = false;
    text_[0] = '\0';
  }

  FixedString& append(std::string_view text) {
    const std::size_t room = Capacity - size_;
    const std::size_t count = text.size() < room ? text.size() : room;
    text.copy(text_.data() + size_, count);  // unlike memcpy, takes the null pointer of an empty view
    size_ += count;
    text_[size_] = '\0';
    truncated_ = truncated_ || count < text.size();
    return *this;
  }

  /// Appends a whole number in decimal.
  template <typename Integer, typename = std::enable_if_t<std::is_integral_v<Integer>>>
  FixedString& append_number(Integer value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return append({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }

  /// Overwrites the memory too, for secrets; the compiler may not remove it.
  void wipe() {
    volatile char* cell = text_.data();
    for (std::size_t i = 0; i <= Capacity; ++i) cell[i] = '\0';
    clear();
  }

  [[nodiscard]] static constexpr std::size_t capacity() { return Capacity; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool truncated() const { return truncated_; }
  [[nodiscard]] const char* c_str() const { return text_.data(); }
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }
  operator std::string_view() const { return view(); }

 private:
  std::array<char, Capacity + 1> text_{};
  std::size_t size_{0};
  bool truncated_{false};
};

}  // namespace airlift
