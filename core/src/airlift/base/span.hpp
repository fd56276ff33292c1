#pragma once
// A pointer and a length, because C++17 has no std::span. Views; the caller owns the memory.

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace airlift {

template <typename T>
class Span {
 public:
  constexpr Span() = default;
  constexpr Span(T* data, std::size_t size) : data_{data}, size_{size} {}
  template <std::size_t N>
  constexpr Span(T (&array)[N]) : data_{array}, size_{N} {}
  template <std::size_t N>
  constexpr Span(std::array<std::remove_const_t<T>, N>& array) : data_{array.data()}, size_{N} {}
  template <std::size_t N, typename U = T, typename = std::enable_if_t<std::is_const_v<U>>>
  constexpr Span(const std::array<std::remove_const_t<T>, N>& array) : data_{array.data()}, size_{N} {}
  /// A view of mutable elements is also a view of constant ones.
  template <typename U = T, typename = std::enable_if_t<std::is_const_v<U>>>
  constexpr Span(const Span<std::remove_const_t<T>>& other) : data_{other.data()}, size_{other.size()} {}

  [[nodiscard]] constexpr T* data() const { return data_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr T* begin() const { return data_; }
  [[nodiscard]] constexpr T* end() const { return data_ + size_; }
  constexpr T& operator[](std::size_t index) const {
    assert(index < size_);
    return data_[index];
  }
  /// The first `count` elements; `count` is at most size().
  [[nodiscard]] constexpr Span first(std::size_t count) const {
    assert(count <= size_);
    return {data_, count};
  }
  /// What follows the first `offset` elements; `offset` is at most size().
  [[nodiscard]] constexpr Span subspan(std::size_t offset) const {
    assert(offset <= size_);
    return {data_ + offset, size_ - offset};
  }
  [[nodiscard]] constexpr Span subspan(std::size_t offset, std::size_t count) const {
    return subspan(offset).first(count);
  }

 private:
  T* data_{nullptr};
  std::size_t size_{0};
};

using Bytes = Span<const std::uint8_t>;   ///< bytes to read
using MutableBytes = Span<std::uint8_t>;  ///< bytes to fill

/// The bytes of a text, without a terminating zero.
[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Bytes seen as text; nothing is checked.
[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace airlift
