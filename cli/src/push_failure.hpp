#pragma once
// Why a push failed, in the words people and programs get to see.

#include <string>
#include <string_view>
#include <vector>

#include "airlift/base/update_error.hpp"

namespace airlift::cli {

/// Where in its course a push failed; the texts are part of the JSON result. What ends each:
/// docs/design/upload-protocol.md, "The uploader's course".
enum class Stage : std::uint8_t {
  file,    ///< reading it; before everything else
  listen,  ///< this computer's sockets
  resolve,
  route,
  invite,
  authenticate,
  connect,
  transfer,
  verify,
  reboot,
  confirm,
};

[[nodiscard]] std::string_view to_text(Stage stage);

struct PushFailure {
  UpdateError code{UpdateError::none};
  Stage stage{Stage::invite};
  std::string message;      ///< what happened, with names and numbers
  std::string advice;       ///< the likely cause and the next step
  std::string device_says;  ///< the device's own words, when it said any
  int device_number{0};     ///< the <n> of its `ERROR[<n>]`, 0 when it gave none
  /// Likely causes on this machine, the likeliest first, each with the command to check or fix it; to be
  /// shown as numbered hints instead of `advice`. Empty: `advice` says it all.
  std::vector<std::string> causes{};
};

/// Words of a `no_answer` of a device that is there: its network refused the datagram.
inline constexpr std::string_view nothing_listens{"is there, but nothing listens on its UDP port"};

/// A failure with the advice that belongs to `code`.
[[nodiscard]] PushFailure make_failure(UpdateError code, Stage stage, std::string message);

/// Thrown by what comes before the upload itself: finding the device, opening the file, listening.
struct PushError {
  PushFailure failure;
};

/// What a device that refuses the upload with `words` (the text behind `ERR: `) means: no_space, busy,
/// safe_mode, too_many_tries, trial_running, or just refused.
[[nodiscard]] UpdateError meaning_of_refusal(std::string_view words);

[[nodiscard]] PushFailure refusal(std::string_view device, std::string_view words);
[[nodiscard]] PushFailure rejection(std::string_view device, std::string_view words, int number);

}  // namespace airlift::cli
