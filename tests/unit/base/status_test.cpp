#include "airlift/base/status.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "airlift/base/endian.hpp"

namespace airlift {
namespace {

TEST(Status, IsFineUnlessAnErrorIsNamed) {
  EXPECT_TRUE(Status{}.ok());
  EXPECT_TRUE(Status{UpdateError::none}.ok());
  EXPECT_FALSE(Status{UpdateError::no_space}.ok());
  EXPECT_EQ(Status{UpdateError::no_space}.error(), UpdateError::no_space);
}

TEST(Result, CarriesAValueOrAnError) {
  const Result<int> value{7};
  EXPECT_TRUE(value.ok());
  EXPECT_TRUE(value.status().ok());
  EXPECT_EQ(value.value(), 7);
  const Result<int> error{UpdateError::busy};
  EXPECT_FALSE(error.ok());
  EXPECT_EQ(error.error(), UpdateError::busy);
  EXPECT_EQ(error.status().error(), UpdateError::busy);
}

/// The compiler refuses this switch when an error is added to the list and not here (-Wswitch-enum).
bool is_listed(UpdateError error) {
  switch (error) {
    case UpdateError::none:
    case UpdateError::flash_write:
    case UpdateError::flash_erase:
    case UpdateError::flash_read:
    case UpdateError::no_space:
    case UpdateError::bad_size:
    case UpdateError::stalled:
    case UpdateError::digest_mismatch:
    case UpdateError::signature_wrong:
    case UpdateError::bad_invitation:
    case UpdateError::unknown_command:
    case UpdateError::busy:
    case UpdateError::safe_mode:
    case UpdateError::wrong_password:
    case UpdateError::too_many_tries:
    case UpdateError::no_challenge:
    case UpdateError::connect_failed:
    case UpdateError::connection_lost:
    case UpdateError::flash_misuse:
    case UpdateError::no_boot_record:
    case UpdateError::no_image:
    case UpdateError::no_entropy:
    case UpdateError::bad_configuration:
    case UpdateError::network_failed:
    case UpdateError::storage_failed:
    case UpdateError::not_text:
    case UpdateError::too_long:
    case UpdateError::trial_running:
    case UpdateError::sha256_mismatch:
    case UpdateError::extension_required:
    case UpdateError::encryption_required:
    case UpdateError::bad_message:
    case UpdateError::tls_failed:
    case UpdateError::name_not_found:
    case UpdateError::no_answer:
    case UpdateError::bad_answer:
    case UpdateError::refused:
    case UpdateError::no_connect_back:
    case UpdateError::rejected:
    case UpdateError::no_result:
    case UpdateError::listen_failed:
    case UpdateError::file_unreadable:
    case UpdateError::cancelled:
    case UpdateError::password_needed:
    case UpdateError::device_not_proven:
    case UpdateError::no_connection:
    case UpdateError::no_route:
    case UpdateError::extension_missing:
    case UpdateError::not_back:
    case UpdateError::other_image:
    case UpdateError::still_on_trial:
    case UpdateError::not_confirmed:
    case UpdateError::application_exited:
    case UpdateError::application_crashed:
    case UpdateError::watchdog_missed:
    case UpdateError::application_missing:
    case UpdateError::image_damaged:
    case UpdateError::trial_interrupted:
    case UpdateError::manifest_damaged:
    case UpdateError::manifest_mismatch:
    case UpdateError::signature_missing:
    case UpdateError::key_unknown:
    case UpdateError::key_retired:
    case UpdateError::no_trusted_key:
    case UpdateError::legacy_signature:
    case UpdateError::wrong_board:
    case UpdateError::wrong_kind:
    case UpdateError::version_too_old:
    case UpdateError::counter_too_low:
    case UpdateError::gzip_damaged:
    case UpdateError::gzip_window:
    case UpdateError::key_unreadable:
    case UpdateError::certificate_untrusted:
    case UpdateError::certificate_expired:
    case UpdateError::certificate_other_name:
    case UpdateError::certificate_not_pinned:
    case UpdateError::login_refused:
    case UpdateError::not_offered:
    case UpdateError::server_failed:
    case UpdateError::bad_response:
    case UpdateError::redirect_refused:
    case UpdateError::proxy_failed:
    case UpdateError::failed_before:
      return true;
  }
  return false;
}

TEST(UpdateError, EveryErrorIsDescribedOnceAndWhole) {
  std::set<std::string_view> names;
  for (int number = 0; number < 256; ++number) {
    const auto error = static_cast<UpdateError>(number);
    const ErrorInfo& info = describe(error);
    SCOPED_TRACE(std::to_string(number) + " " + std::string{info.name});
    if (!is_listed(error)) {
      EXPECT_EQ(info.name, "unknown");
      continue;
    }
    EXPECT_EQ(info.error, error);
    EXPECT_NE(info.name, "unknown");
    EXPECT_TRUE(names.insert(info.name).second);
    EXPECT_EQ(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string_view::npos);
    ASSERT_FALSE(info.text.empty());
    EXPECT_NE(info.text.back(), '.');
    EXPECT_EQ(info.advice.empty(), error == UpdateError::none);
  }
}

TEST(UpdateError, AdviceForLinuxSaysSo) {
  // Boards show the same texts.
  for (int number = 0; number < 256; ++number) {
    const std::string_view advice = describe(static_cast<UpdateError>(number)).advice;
    for (const std::string_view word :
         {"READY=1", "WATCHDOG=1", "a signal", "airlift-device", "disk", "directory"}) {
      if (advice.find(word) == std::string_view::npos) continue;
      EXPECT_NE(advice.find("Linux"), std::string_view::npos) << advice;
    }
  }
}

TEST(UpdateError, NumbersAreTheOnesOldToolsKnow) {
  // esp8266/Arduino 3.x, cores/esp8266/Updater.h
  EXPECT_EQ(number_of(UpdateError::flash_write), 1);
  EXPECT_EQ(number_of(UpdateError::flash_erase), 2);
  EXPECT_EQ(number_of(UpdateError::flash_read), 3);
  EXPECT_EQ(number_of(UpdateError::no_space), 4);
  EXPECT_EQ(number_of(UpdateError::bad_size), 5);
  EXPECT_EQ(number_of(UpdateError::stalled), 6);
  EXPECT_EQ(number_of(UpdateError::digest_mismatch), 7);
  EXPECT_EQ(number_of(UpdateError::signature_wrong), 12);  // UPDATE_ERROR_SIGN
}

TEST(UpdateError, OurOwnNumbersNeverChange) {
  EXPECT_EQ(number_of(UpdateError::bad_invitation), 20);
  EXPECT_EQ(number_of(UpdateError::too_long), 37);
  EXPECT_EQ(number_of(UpdateError::trial_running), 38);
  EXPECT_EQ(number_of(UpdateError::name_not_found), 50);
  EXPECT_EQ(number_of(UpdateError::password_needed), 60);
  // The boot record and the history keep these.
  EXPECT_EQ(number_of(UpdateError::not_confirmed), 70);
  EXPECT_EQ(number_of(UpdateError::trial_interrupted), 76);
  EXPECT_EQ(number_of(UpdateError::manifest_damaged), 80);
  EXPECT_EQ(number_of(UpdateError::signature_missing), 82);
  EXPECT_EQ(number_of(UpdateError::key_unknown), 84);
  EXPECT_EQ(number_of(UpdateError::key_unreadable), 94);
}

TEST(Endian, StoresTheLowByteFirst) {
  std::array<std::uint8_t, 4> bytes{};
  store_le32(bytes.data(), 0x89ABCDEF);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 4>{0xEF, 0xCD, 0xAB, 0x89}));
  EXPECT_EQ(load_le32(bytes.data()), 0x89ABCDEFU);
}

}  // namespace
}  // namespace airlift
