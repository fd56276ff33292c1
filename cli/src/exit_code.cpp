#include "exit_code.hpp"

#include <array>

namespace airlift::cli {
namespace {

struct ExitCode {
  UpdateError error;
  int code;
};

// What is not here was refused by the device before the transfer, 6, or failed in the transfer or after
// it, 1.
constexpr std::array exit_codes{
    ExitCode{UpdateError::name_not_found, 3},
    ExitCode{UpdateError::no_answer, 4},
    ExitCode{UpdateError::no_route, 4},
    ExitCode{UpdateError::wrong_password, 5},
    ExitCode{UpdateError::password_needed, 5},
    ExitCode{UpdateError::device_not_proven, 5},
    ExitCode{UpdateError::no_connect_back, 7},
    ExitCode{UpdateError::no_connection, 7},
    ExitCode{UpdateError::tls_failed, 7},
    ExitCode{UpdateError::listen_failed, 8},
    ExitCode{UpdateError::file_unreadable, 8},
    ExitCode{UpdateError::network_failed, 8},
    ExitCode{UpdateError::no_entropy, 8},
    ExitCode{UpdateError::cancelled, 130},  // as a shell reports SIGINT
};

}  // namespace

int exit_code_of(const PushFailure& failure) {
  const bool before_transfer = failure.stage < Stage::transfer;
  if (failure.code == UpdateError::bad_answer && before_transfer) return 4;
  for (const ExitCode& entry : exit_codes) {
    if (entry.error == failure.code) return entry.code;
  }
  return before_transfer ? 6 : 1;
}

}  // namespace airlift::cli
