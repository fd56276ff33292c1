#pragma once
// Why keygen, sign, verify, inspect, publish or token could not do what they were asked to.
// (push: push_failure.hpp)

#include <string>
#include <string_view>

#include "airlift/base/update_error.hpp"

namespace airlift::cli {

/// What could not be used or done.
enum class Subject : std::uint8_t { file, key, passphrase, signature, image, output };

struct CommandFailure {
  UpdateError code{UpdateError::none};
  Subject subject{Subject::file};
  std::string message;  ///< what happened, with names and numbers
  std::string advice;   ///< the likely cause and the next step
};

struct CommandError {
  CommandFailure failure;
};

/// An error with the advice that belongs to `code`, or with `advice` when there is better.
[[nodiscard]] CommandError make_error(UpdateError code, Subject subject, std::string message,
                                      std::string_view advice = {});

/// `error: <subject>: <message>` and `hint: <advice>` on standard error.
void print_failure(const CommandFailure& failure);

/// One JSON object on one line, `result` "error".
[[nodiscard]] std::string to_json(const CommandFailure& failure, std::string_view file);

/// 8, trouble on this computer, or 1 for what is wrong with the image or its signature.
[[nodiscard]] int exit_code_of(const CommandFailure& failure);

}  // namespace airlift::cli
