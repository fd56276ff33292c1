#include "port/console_log.hpp"

#include "airlift/codec/text.hpp"
#include "board/board.hpp"

namespace airlift::firmware {
namespace {

constexpr std::string_view name_of(port::LogLevel level) {
  switch (level) {
    case port::LogLevel::error:
      return "error";
    case port::LogLevel::warning:
      return "warning";
    case port::LogLevel::info:
      return "info";
    case port::LogLevel::debug:
      break;
  }
  return "debug";
}

}  // namespace

void ConsoleLog::write(port::LogLevel level, std::string_view source, std::string_view message) {
  if (level > least_) return;
  constexpr std::size_t longest_line{400};
  const auto passed_ms = std::chrono::duration_cast<milliseconds>(board::uptime()).count();
  const auto ms = static_cast<int>(passed_ms % 1000);
  FixedString<longest_line> line;
  line.append_number(passed_ms / 1000).append(ms < 10 ? ".00" : ms < 100 ? ".0" : ".").append_number(ms);
  line.append(" [").append(name_of(level)).append("] ").append(source).append(": ");
  // A terminal obeys control characters; names and addresses come from the network.
  line.append(codec::printable<longest_line>(message));
  board::write_console(line);
  board::write_console("\n");
}

}  // namespace airlift::firmware
