#pragma once
// Conditional and range requests: RFC 9110 8.8, 13 and 14.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace airlift::server {

enum class Comparison : std::uint8_t {
  strong,  ///< byte for byte the same: If-Match, If-Range
  weak,    ///< If-None-Match
};

/// Whether `etag`, a strong one with its quotes, is in the list of an If-Match or If-None-Match header, or
/// that is `*`. What stands behind something that is no entity tag does not count.
[[nodiscard]] bool lists_etag(std::string_view list, std::string_view etag, Comparison comparison);

struct ByteRange {
  std::uint64_t first{0};
  std::uint64_t count{0};
};

struct RangeWish {
  enum class Kind : std::uint8_t {
    none,           ///< no range, one that cannot be read, or several: the whole is the answer
    one,            ///< `range` of the `size` bytes
    unsatisfiable,  ///< 416
  };
  Kind kind{Kind::none};
  ByteRange range;
};

/// Reads a Range header for something of `size` bytes.
[[nodiscard]] RangeWish read_range(std::string_view header, std::uint64_t size);

/// `Sun, 06 Nov 1994 08:49:37 GMT`
[[nodiscard]] std::string http_date(std::int64_t unix_seconds);

}  // namespace airlift::server
