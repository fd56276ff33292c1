#pragma once
// Text written into memory of the caller's, in items that are there as a whole or not at all.

#include <charconv>
#include <string_view>
#include <type_traits>

#include "airlift/base/span.hpp"

namespace airlift::http {

class TextWriter {
 public:
  explicit TextWriter(MutableBytes room) : room_{room} {}

  TextWriter& append(std::string_view text) {
    const std::size_t left = room_.size() - size_;
    overflowed_ = overflowed_ || text.size() > left;
    if (overflowed_) return *this;
    text.copy(reinterpret_cast<char*>(room_.data()) + size_, text.size());
    size_ += text.size();
    return *this;
  }

  template <typename Integer, typename = std::enable_if_t<std::is_integral_v<Integer>>>
  TextWriter& append_number(Integer value, int base = 10) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
    return append({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }

  /// Where the next bytes belong, for who writes them himself and then says how many.
  [[nodiscard]] MutableBytes room() const { return room_.subspan(size_); }
  void took(std::size_t count) { size_ += count; }

  /// Something did not fit; nothing was written since.
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  /// Takes back what was written beyond `size`, and the overflow with it.
  void take_back(std::size_t size) {
    size_ = size;
    overflowed_ = false;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view view() const { return as_text(room_.first(size_)); }

 private:
  MutableBytes room_;
  std::size_t size_{0};
  bool overflowed_{false};
};

}  // namespace airlift::http
