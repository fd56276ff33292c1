#include "push_failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace airlift::cli {
namespace {

struct KnownWords {
  std::string_view words;  ///< in lower case
  UpdateError meaning;
};

// Airlift's own words (core/src/airlift/base/update_error.cpp) and the ESP8266 core's "Not Enough Space"
// (esp8266/Arduino 3.x, cores/esp8266/Updater.cpp).
constexpr std::array known_refusals{
    KnownWords{"not enough space", UpdateError::no_space},
    KnownWords{"another upload is running", UpdateError::busy},
    KnownWords{"safe mode", UpdateError::safe_mode},
    KnownWords{"image is on trial", UpdateError::trial_running},
    KnownWords{"too many wrong passwords", UpdateError::too_many_tries},
    KnownWords{"only airlift's uploader", UpdateError::extension_required},
};

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool contains_ignoring_case(std::string_view text, std::string_view lower_case_part) {
  return std::search(text.begin(), text.end(), lower_case_part.begin(), lower_case_part.end(),
                     [](char a, char b) { return lower(a) == b; }) != text.end();
}

/// What a device's error number says: 1 to 7 mean the same on every device; from 20 on only Airlift has any.
/// A wrong signature is 12 on an ESP8266 and on Airlift, 14 on an ESP32, whose 12 is "Aborted" (the cores'
/// Updater.h and Update.h).
UpdateError meaning_of_number(int number, std::string_view words) {
  constexpr int esp32_signature{14};
  constexpr int first_of_airlift{20};
  const bool of_signature = contains_ignoring_case(words, "signature");
  if (of_signature && (number == number_of(UpdateError::signature_wrong) || number == esp32_signature)) {
    return UpdateError::signature_wrong;
  }
  const bool everywhere =
      number >= number_of(UpdateError::flash_write) && number <= number_of(UpdateError::digest_mismatch);
  const bool airlift = number >= first_of_airlift && number <= std::numeric_limits<std::uint8_t>::max();
  if (!everywhere && !airlift) return UpdateError::rejected;
  const UpdateError error = describe(static_cast<UpdateError>(number)).error;
  return error == UpdateError::none ? UpdateError::rejected : error;
}

}  // namespace

std::string_view to_text(Stage stage) {
  switch (stage) {
    case Stage::file:
      return "file";
    case Stage::listen:
      return "listen";
    case Stage::resolve:
      return "resolve";
    case Stage::route:
      return "route";
    case Stage::invite:
      return "invite";
    case Stage::authenticate:
      return "authenticate";
    case Stage::connect:
      return "connect";
    case Stage::transfer:
      return "transfer";
    case Stage::verify:
      return "verify";
    case Stage::reboot:
      return "reboot";
    case Stage::confirm:
      return "confirm";
  }
  return "unknown";
}

PushFailure make_failure(UpdateError code, Stage stage, std::string message) {
  return {code, stage, std::move(message), std::string{describe(code).advice}, {}, 0, {}};
}

UpdateError meaning_of_refusal(std::string_view words) {
  for (const KnownWords& known : known_refusals) {
    if (contains_ignoring_case(words, known.words)) return known.meaning;
  }
  return UpdateError::refused;
}

PushFailure refusal(std::string_view device, std::string_view words) {
  PushFailure result = make_failure(meaning_of_refusal(words), Stage::invite,
                                    fmt::format("{} refused the upload: {}", device, words));
  result.device_says = words;
  return result;
}

PushFailure rejection(std::string_view device, std::string_view words, int number) {
  const std::string numbered =
      number == 0 ? std::string{words} : fmt::format("{} (its error {})", words, number);
  PushFailure result = make_failure(UpdateError::rejected, Stage::verify,
                                    fmt::format("{} rejected the image: {}", device, numbered));
  result.advice = describe(meaning_of_number(number, words)).advice;
  result.device_says = words;
  result.device_number = number;
  return result;
}

}  // namespace airlift::cli
