#pragma once
// Finds the one file in a multipart/form-data body (RFC 7578) and says how long it is before its first byte:
// whoever posts it, what stands behind the file is the closing delimiter and nothing else. A body that leaves
// out the last line end is damaged: where its file ends could only be known at its end. So is one with a
// second part: its delimiter would stand inside the file, where RFC 2046 5.1.1 has none.

#include <cstdint>
#include <optional>
#include <string_view>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/http/limits.hpp"

namespace airlift::http {

class MultipartReader {
 public:
  enum class State : std::uint8_t {
    delimiter,  ///< the first line; its end ends it
    head,       ///< the file's headers; an empty line ends it
    file,       ///< took_file() of its last byte ends it, of none when it is empty, or of a delimiter
    closing,    ///< the last byte of the body ends it
    done,       ///< whole
    refused,    ///< not one file, damaged, or beyond the limits
  };

  /// A body of `body_bytes` begins. False: `content_type` is not multipart/form-data with a usable boundary.
  [[nodiscard]] bool start(std::string_view content_type, std::uint64_t body_bytes);

  /// Takes bytes until the state changes to `file`, `done` or `refused`; returns how many. In those states:
  /// none.
  std::size_t take(Bytes bytes);

  [[nodiscard]] State state() const { return state_; }
  /// From `file` on: the name of the form's field.
  [[nodiscard]] std::string_view field() const { return field_; }
  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
  /// In `file`: these bytes of it have gone past. Afterwards look at the state: they may be no file's.
  void took_file(Bytes bytes);
  [[nodiscard]] std::uint64_t file_bytes_left() const { return file_left_; }

 private:
  void take_byte(char c);
  void take_delimiter(std::string_view expected, char c, State next);
  void take_head(char c);
  void end_line();
  void begin_file();
  [[nodiscard]] bool finds_delimiter(Bytes bytes);

  State state_{State::refused};
  FixedString<longest_boundary_bytes + 4> opening_;  ///< `--boundary\r\n`
  FixedString<longest_boundary_bytes + 8> ending_;   ///< `\r\n--boundary--\r\n`
  std::size_t matched_{0};                           ///< of the delimiter, also inside the file
  FixedString<256> line_;                            ///< of the head
  FixedString<32> field_;
  std::size_t head_bytes_{0};
  std::uint64_t body_left_{0};
  std::uint64_t file_bytes_{0};
  std::uint64_t file_left_{0};
};

}  // namespace airlift::http
