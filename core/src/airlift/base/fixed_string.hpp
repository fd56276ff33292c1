#pragma once
// Text of bounded length that lives where it is declared: no heap, always zero-terminated.

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace airlift {

/// What texts of every capacity do alike: a program has its code once.
class TextCursor {
 protected:
  /// `text` has room for `capacity` characters and a zero.
  void append_to(char* text, std::size_t capacity, std::string_view more);
  void append_decimal_to(char* text, std::size_t capacity, std::uint32_t value);
  void append_decimal_to(char* text, std::size_t capacity, std::uint64_t value);

  // NOLINTBEGIN(misc-non-private-member-variables-in-classes): one class, but for the capacity
  std::size_t size_{0};
  bool truncated_{false};
  // NOLINTEND(misc-non-private-member-variables-in-classes)
};

/// Holds up to `Capacity` characters. Appending more than fits keeps what fits and marks the text
/// `truncated()`: a message may be shortened, a value must be checked.
template <std::size_t Capacity>
class FixedString : private TextCursor {
 public:
  constexpr FixedString() = default;
  FixedString(std::string_view text) { append(text); }
  [[gnu::always_inline]] FixedString(const char* text) { append(text); }

  void clear() {
    size_ = 0;
    truncated_ = false;
    text_[0] = '\0';
  }

  FixedString& append(std::string_view text) {
    append_to(text_.data(), Capacity, text);
    return *this;
  }

  /// Of a literal the compiler knows the length, when it sees it here.
  [[gnu::always_inline]] FixedString& append(const char* text) {
    return append(std::string_view{text, __builtin_strlen(text)});
  }

  /// Appends a whole number in decimal.
  template <typename Integer, typename = std::enable_if_t<std::is_integral_v<Integer>>>
  FixedString& append_number(Integer value) {
    using Unsigned = std::conditional_t<sizeof(Integer) <= 4, std::uint32_t, std::uint64_t>;
    const bool negative = value < Integer{0};
    if (negative) append("-");
    const auto bits = static_cast<Unsigned>(value);
    append_decimal_to(text_.data(), Capacity, negative ? Unsigned{0} - bits : bits);
    return *this;
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
};

}  // namespace airlift
