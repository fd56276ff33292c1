#include "airlift/wire/answer_stream.hpp"

#include "airlift/base/update_error.hpp"
#include "airlift/codec/text.hpp"

namespace airlift::wire {
namespace {

constexpr std::string_view error_start{"ERROR["};

constexpr bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

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
      } else if (is_letter(c)) {
        state_ = State::error_line;
        add_to_line(c);
      } else if (c != '\r' && c != '\n') {
        state_ = State::nonsense;
      }
      return;
    case State::got_o:
      if (c == 'K') {
        state_ = State::ok;
        return;
      }
      state_ = State::error_line;
      add_to_line('O');
      add_to_line(c);
      return;
    case State::error_line:
      add_to_line(c);
      return;
    case State::ok:
    case State::error_done:
    case State::nonsense:
      return;
  }
}

void AnswerStream::add_to_line(char c) {
  if (c == '\n') {
    state_ = State::error_done;
  } else if (c != '\r') {
    line_.append(codec::printable<1>({&c, 1}));
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
  return line.substr(0, error_start.size()) == error_start && colon != std::string_view::npos
             ? line.substr(colon + 3)
             : line;
}

ErrorLine format_error_line(UpdateError error, std::string_view detail) {
  // One shorter than the line: it must end, however long the detail is.
  FixedString<ErrorLine::capacity() - 1> text{error_start};
  text.append_number(number_of(error)).append("]: ").append(text_of(error));
  if (!detail.empty()) text.append(": ").append(detail);
  return ErrorLine{text}.append("\n");
}

}  // namespace airlift::wire
