#include "terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace airlift::cli {
namespace {

bool takes_colours(int fd) {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  return is_terminal(fd) && terminal != nullptr && std::string_view{terminal} != "dumb";
}

int code_of(Colour colour) {
  switch (colour) {
    case Colour::red:
      return 31;
    case Colour::green:
      return 32;
    case Colour::yellow:
      return 33;
    case Colour::grey:
      return 90;
  }
  return 39;
}

/// All 0 when unknown.
winsize size_of(int fd) {
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size : winsize{};
}

}  // namespace

bool is_terminal(int fd) {
  return isatty(fd) == 1;
}

int columns_of(int fd) {
  constexpr int usual{80};
  const int columns = size_of(fd).ws_col;
  return columns > 0 ? columns : usual;
}

int lines_of(int fd) {
  constexpr int usual{24};
  const int lines = size_of(fd).ws_row;
  return lines > 0 ? lines : usual;
}

std::string coloured(std::string_view text, Colour colour, int fd) {
  return takes_colours(fd) ? fmt::format("\x1b[{}m{}\x1b[0m", code_of(colour), text) : std::string{text};
}

void print_warning(std::string_view text) {
  fmt::print(stderr, "{} {}\n", coloured("warning:", Colour::yellow, STDERR_FILENO), text);
}

}  // namespace airlift::cli
