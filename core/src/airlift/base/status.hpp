#pragma once
// Errors are values with names. Status says whether something worked; Result<T> also carries what it gave.

#include <cassert>

#include "airlift/base/update_error.hpp"

namespace airlift {

class [[nodiscard]] Status {
 public:
  constexpr Status() = default;
  constexpr Status(UpdateError error) : error_{error} {}

  [[nodiscard]] constexpr bool ok() const { return error_ == UpdateError::none; }
  [[nodiscard]] constexpr UpdateError error() const { return error_; }

 private:
  UpdateError error_{UpdateError::none};
};

/// A value, or the reason why there is none. T is default-constructible and cheap to move.
template <typename T>
class [[nodiscard]] Result {
 public:
  constexpr Result(const T& value) : value_{value} {}
  constexpr Result(T&& value) : value_{static_cast<T&&>(value)} {}
  constexpr Result(UpdateError error) : error_{error} { assert(error != UpdateError::none); }

  [[nodiscard]] constexpr bool ok() const { return error_ == UpdateError::none; }
  [[nodiscard]] constexpr UpdateError error() const { return error_; }
  [[nodiscard]] constexpr Status status() const { return error_; }
  [[nodiscard]] constexpr const T& value() const {
    assert(ok());
    return value_;
  }

 private:
  T value_{};
  UpdateError error_{UpdateError::none};
};

}  // namespace airlift
