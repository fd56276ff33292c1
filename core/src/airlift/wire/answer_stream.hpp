#pragma once
// What a device sends back while it takes an upload: decimal counts without separator, then `OK` or
// `ERROR[<n>]: <text>\n`, perhaps more than once. An ESP32 says `<text>\r\n` only (arduino-esp32 2.x and 3.x,
// libraries/Update/src/Updater.cpp, printError). Byte-fed: any cut of the stream gives the same result.

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/base/update_error.hpp"
#include "airlift/wire/codes.hpp"

namespace airlift::wire {

/// `ERROR[<n>]: <text>\n`, as the ESP8266 core prints it.
using ErrorLine = FixedString<longest_error_text_bytes + 16>;
[[nodiscard]] ErrorLine format_error_line(UpdateError error, std::string_view detail = {});

class AnswerStream {
 public:
  enum class Result : std::uint8_t {
    none_yet,  ///< counts only, so far
    ok,        ///< the device took the image
    error,     ///< error_number() and error_text() say why not; whole only when the line has ended
    nonsense,  ///< a byte that no device sends
  };

  /// Takes any bytes. What follows a result is ignored, except the rest of an error line.
  void feed(Bytes bytes);

  [[nodiscard]] Result result() const;
  /// The digits so far: that there are more than before shows that the device goes on taking bytes.
  [[nodiscard]] std::uint32_t count_digits() const { return count_digits_; }
  /// True when an error line has ended; more bytes cannot change what it says.
  [[nodiscard]] bool complete() const { return state_ == State::error_done || state_ == State::ok; }
  /// The <n> of an error line; 0 when it has none.
  [[nodiscard]] int error_number() const;
  /// The words behind `ERROR[<n>]: `, or the whole line when it has another form.
  [[nodiscard]] std::string_view error_text() const;

 private:
  enum class State : std::uint8_t {
    counts,      ///< a letter ends it
    got_o,       ///< the next byte ends it
    ok,          ///< final
    error_line,  ///< `\n` ends it
    error_done,  ///< final
    nonsense,    ///< final
  };

  void feed_byte(char c);
  void add_to_line(char c);

  State state_{State::counts};
  std::uint32_t count_digits_{0};
  ErrorLine line_;
};

}  // namespace airlift::wire
