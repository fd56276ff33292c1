#include "airlift/wire/answer_stream.hpp"

#include "airlift/base/update_error.hpp"
#include "airlift/codec/text.hpp"

namespace airlift::wire {
namespace {

constexpr std::string_view error_start{"ERROR["};

}  // namespace

void AnswerStream::feed(Bytes bytes) {
  for (const std::uint8_t byte : bytes) feed_byte(static_cast<char>(byte));
}

void AnswerStream::feed_byte(char c) {
  switch (state_) {
    case State::counts:
      if (c >= '0' && c <= '9') {
        ++count_digits_;
      } else if (c == 'O') {
        state_ = State::got_o;
      } else if (c == 'E') {
        state_ = State::error_line;
        line_.append("E");
      } else if (c != '\r' && c != '\n') {
        state_ = State::nonsense;
      }
      return;
    case State::got_o:
      state_ = c == 'K' ? State::ok : State::nonsense;
      return;
    case State::error_line:
      if (c == '\n') {
        state_ = State::error_done;
      } else if (c != '\r') {
        line_.append(std::string_view{c >= ' ' && c <= '~' ? &c : "?", 1});
      }
      return;
    case State::ok:
    case State::error_done:
    case State::nonsense:
      return;
  }
}

AnswerStream::Result AnswerStream::result() const {
  switch (state_) {
    case State::counts:
    case State::got_o:
      return Result::none_yet;
    case State::ok:
      return Result::ok;
    case State::error_line:
    case State::error_done:
      return Result::error;
    case State::nonsense:
      return Result::nonsense;
  }
  return Result::nonsense;
}

int AnswerStream::error_number() const {
  std::string_view line = line_;
  if (line.substr(0, error_start.size()) != error_start) return 0;
  line.remove_prefix(error_start.size());
  return static_cast<int>(codec::parse_number(codec::take_until(line, ']'), 255).value_or(0));
}

std::string_view AnswerStream::error_text() const {
  const std::string_view line = line_;
  const std::size_t colon = line.find("]: ");
  return line.substr(0, error_start.size()) == error_start && colon != std::string_view::npos ? line.substr(colon + 3)
                                                                                              : line;
}

ErrorLine format_error_line(UpdateError error, std::string_view detail) {
  ErrorLine line{error_start};
  line.append_number(number_of(error)).append("]: ").append(describe(error).text);
  if (!detail.empty()) line.append(": ").append(detail);
  // The line must end, however long the detail was.
  return line.truncated() ? ErrorLine{line.view().substr(0, line.size() - 1)}.append("\n") : line.append("\n");
}

}  // namespace airlift::wire
