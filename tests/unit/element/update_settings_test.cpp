#include "airlift/element/update_settings.hpp"

#include <gtest/gtest.h>

#include "support/fake_keys.hpp"
#include "support/signing.hpp"

namespace airlift::element {
namespace {

using image::SignatureMode;
using ConfirmedBy = TrialSettings::ConfirmedBy;

struct Settings : ::testing::Test {
  Settings() {
    keys.keys["a.pem"] = testing::TestKey{1}.public_key();
    keys.keys["b.pem"] = testing::TestKey{2}.public_key();
  }
  [[nodiscard]] SignatureMode mode() const { return settings.policy("board").mode; }

  testing::FakeKeys keys;
  UpdateSettings settings{keys};
};

TEST_F(Settings, HaveTheDocumentedDefaults) {
  EXPECT_EQ(settings.trial().period, seconds{60});
  EXPECT_EQ(settings.trial().confirmed_by, ConfirmedBy::application);
  EXPECT_EQ(settings.trial().attempts, 3);
  EXPECT_EQ(settings.watchdog(), seconds{0});
  EXPECT_EQ(mode(), SignatureMode::off);
  EXPECT_EQ(settings.policy("board").board_id, "board");
}

TEST_F(Settings, ConfirmTakesSecondsAliveOrBoth) {
  EXPECT_EQ(settings.set("Confirm", "5"), SetResult::ok);
  EXPECT_EQ(settings.trial().period, seconds{5});
  EXPECT_EQ(settings.set("confirm", "alive"), SetResult::ok);
  EXPECT_EQ(settings.trial().period, seconds{5});
  EXPECT_EQ(settings.trial().confirmed_by, ConfirmedBy::staying_alive);
  EXPECT_EQ(settings.set("confirm", " ALIVE  20 "), SetResult::ok);
  EXPECT_EQ(settings.trial().period, seconds{20});
  EXPECT_EQ(settings.set("confirm", "86400"), SetResult::ok);
  EXPECT_EQ(settings.trial().confirmed_by, ConfirmedBy::application);
}

TEST_F(Settings, WhatMakesNoSenseChangesNothing) {
  for (const std::string_view value :
       {"", "0", "86401", "-1", "5s", "alive 0", "alive x", "dead", "5 alive"}) {
    EXPECT_EQ(settings.set("confirm", value), SetResult::bad_value) << value;
  }
  for (const std::string_view value : {"", "0", "101", "x"}) {
    EXPECT_EQ(settings.set("attempts", value), SetResult::bad_value) << value;
  }
  for (const std::string_view value : {"", "3601", "x"}) {
    EXPECT_EQ(settings.set("watchdog", value), SetResult::bad_value) << value;
  }
  EXPECT_EQ(settings.set("digest", "md5"), SetResult::bad_value);
  EXPECT_EQ(settings.set("confrim", "5"), SetResult::unknown_property);
  EXPECT_EQ(settings.trial().period, seconds{60});
  EXPECT_EQ(settings.trial().confirmed_by, ConfirmedBy::application);
  EXPECT_EQ(settings.trial().attempts, 3);
}

TEST_F(Settings, TheOthersAreTaken) {
  EXPECT_EQ(settings.set("attempts", "1"), SetResult::ok);
  EXPECT_EQ(settings.trial().attempts, 1);
  EXPECT_EQ(settings.set("watchdog", "10"), SetResult::ok);
  EXPECT_EQ(settings.watchdog(), seconds{10});
  EXPECT_EQ(settings.set("digest", "SHA384"), SetResult::ok);
  EXPECT_EQ(settings.policy("").esp32_digest, crypto::DigestKind::sha384);
}

TEST_F(Settings, KeysRequireSignaturesUnlessTheyAreSwitchedOff) {
  EXPECT_EQ(settings.set("keys", "a.pem, b.pem"), SetResult::ok);
  EXPECT_EQ(settings.ring().keys().size(), 2U);
  EXPECT_EQ(mode(), SignatureMode::required);
  EXPECT_EQ(settings.set("signature", "off"), SetResult::ok);
  EXPECT_EQ(mode(), SignatureMode::off);
  EXPECT_EQ(settings.set("signature", "required"), SetResult::ok);
  EXPECT_EQ(mode(), SignatureMode::required);
  EXPECT_EQ(settings.set("keys", ""), SetResult::ok);
  EXPECT_TRUE(settings.ring().empty());
  EXPECT_EQ(mode(), SignatureMode::required) << "and every image is refused";
}

TEST_F(Settings, AMistakeNeverOpensTheDevice) {
  EXPECT_EQ(settings.set("keys", "missing.pem"), SetResult::bad_value);
  EXPECT_EQ(mode(), SignatureMode::required);
  EXPECT_TRUE(settings.ring().empty());
  EXPECT_EQ(settings.set("keys", "missing.pem,b.pem"), SetResult::bad_value);
  EXPECT_EQ(settings.ring().keys().size(), 1U) << "the readable one counts";
  UpdateSettings other{keys};
  EXPECT_EQ(other.set("signature", "requierd"), SetResult::bad_value);
  EXPECT_EQ(other.policy("").mode, SignatureMode::required);
  EXPECT_EQ(other.set("keys", ","), SetResult::bad_value);
}

}  // namespace
}  // namespace airlift::element
