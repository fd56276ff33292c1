#include "command_failure.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "terminal.hpp"

namespace airlift::cli {
namespace {

std::string_view to_text(Subject subject) {
  switch (subject) {
    case Subject::file:
      return "file";
    case Subject::key:
      return "key";
    case Subject::passphrase:
      return "passphrase";
    case Subject::signature:
      return "signature";
    case Subject::image:
      return "image";
    case Subject::output:
      return "output";
  }
  return "";
}

}  // namespace

CommandError make_error(UpdateError code, Subject subject, std::string message, std::string_view advice) {
  return {{code, subject, std::move(message), std::string{advice.empty() ? describe(code).advice : advice}}};
}

void print_failure(const CommandFailure& failure) {
  fmt::print(stderr, "{} {}: {}\n", coloured("error:", Colour::red, STDERR_FILENO), to_text(failure.subject),
             failure.message);
  if (!failure.advice.empty()) fmt::print(stderr, "hint: {}\n", failure.advice);
}

int exit_code_of(const CommandFailure& failure) {
  return failure.subject == Subject::signature || failure.subject == Subject::image ? 1 : 8;
}

}  // namespace airlift::cli
