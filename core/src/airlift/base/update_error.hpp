#pragma once
// The one closed list of update errors. Numbers are fixed for ever: they travel in `ERROR[<n>]: <text>`.
// 1 to 16 are the numbers of the ESP8266 core's own updater (esp8266/Arduino 3.x, cores/esp8266/Updater.h),
// so that people and tools that know those read ours right. 20 and up are Airlift's.

#include <cstdint>
#include <string_view>

namespace airlift {

enum class UpdateError : std::uint8_t {
  none = 0,
  flash_write = 1,
  flash_erase = 2,
  flash_read = 3,
  no_space = 4,
  bad_size = 5,
  stalled = 6,
  digest_mismatch = 7,
  signature_wrong = 12,
  // the device's side
  bad_invitation = 20,
  unknown_command = 21,
  busy = 22,
  safe_mode = 23,
  wrong_password = 24,
  too_many_tries = 25,
  no_challenge = 26,
  connect_failed = 27,
  connection_lost = 28,
  flash_misuse = 29,
  no_boot_record = 30,
  no_image = 31,
  no_entropy = 32,
  bad_configuration = 33,
  network_failed = 34,
  storage_failed = 35,
  not_text = 36,
  too_long = 37,
  trial_running = 38,
  sha256_mismatch = 39,
  extension_required = 40,
  encryption_required = 41,
  bad_message = 42,
  tls_failed = 43,
  // the uploader's side
  name_not_found = 50,
  no_answer = 51,
  bad_answer = 52,
  refused = 53,
  no_connect_back = 54,
  rejected = 55,
  no_result = 56,
  listen_failed = 57,
  file_unreadable = 58,
  cancelled = 59,
  password_needed = 60,
  device_not_proven = 61,
  no_connection = 62,
  no_route = 63,
  extension_missing = 64,
  not_back = 65,
  other_image = 66,
  still_on_trial = 67,
  // why a trial ended, or a slot cannot be started
  not_confirmed = 70,
  application_exited = 71,
  application_crashed = 72,
  watchdog_missed = 73,
  application_missing = 74,
  image_damaged = 75,
  trial_interrupted = 76,
  // why an image is not taken
  manifest_damaged = 80,
  manifest_mismatch = 81,
  signature_missing = 82,
  key_unknown = 84,
  key_retired = 85,
  no_trusted_key = 86,
  legacy_signature = 87,
  wrong_board = 88,
  wrong_kind = 89,
  version_too_old = 90,
  counter_too_low = 91,
  gzip_damaged = 92,
  gzip_window = 93,
  key_unreadable = 94,
  // why a check for an update ended without one
  certificate_untrusted = 100,
  certificate_expired = 101,
  certificate_other_name = 102,
  certificate_not_pinned = 103,
  login_refused = 104,
  not_offered = 105,
  server_failed = 106,
  bad_response = 107,
  redirect_refused = 108,
  proxy_failed = 109,
  failed_before = 110,
};

/// What people get to see of an error.
struct ErrorInfo {
  UpdateError error;
  std::string_view name;    ///< machine-readable, stable: "no_space"
  std::string_view text;    ///< one short sentence without a full stop
  std::string_view advice;  ///< the likely cause and the next step
};

/// Every error has an entry; an out-of-range value gives the entry of `none`'s neighbour "unknown".
[[nodiscard]] const ErrorInfo& describe(UpdateError error);

/// Its text alone: a device that uses nothing else carries nothing else.
[[nodiscard]] std::string_view text_of(UpdateError error);

/// The number that stands in `ERROR[<n>]`.
[[nodiscard]] constexpr int number_of(UpdateError error) {
  return static_cast<int>(error);
}

}  // namespace airlift
