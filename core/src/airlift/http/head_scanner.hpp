#pragma once
// Watches the raw bytes of a request's head for what HTTP libraries read in different ways, and so serves to
// smuggle a request past one of them: http_parser, too, takes bare line feeds, folded headers and, as Debian
// builds it, blanks in names. RFC 9112 2.2, 5.1, 5.2, 11.2.

#include <cstddef>
#include <cstdint>

namespace airlift::http {

class HeadScanner {
 public:
  enum class Verdict : std::uint8_t {
    go_on,
    end,        ///< the byte was the head's last
    ambiguous,  ///< refuse it: 400
    too_large,  ///< refuse it: 431
  };

  void start() { *this = {}; }
  [[nodiscard]] Verdict take(std::uint8_t byte);

 private:
  [[nodiscard]] Verdict end_line();
  [[nodiscard]] bool allowed(std::uint8_t byte);

  enum class Part : std::uint8_t { request_line, name, value };

  Part part_{Part::request_line};
  bool after_cr_{false};
  std::size_t line_bytes_{0};  ///< of this line, without its end
  std::size_t lines_{0};       ///< whole ones
  std::size_t bytes_{0};
  int blanks_{0};  ///< of the request line
};

}  // namespace airlift::http
