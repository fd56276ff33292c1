#include "airlift/element/access_settings.hpp"

#include <gtest/gtest.h>

namespace airlift::element {
namespace {

using Use = AccessSettings::Use;

TEST(AccessSettings, BothAreOnUntilTheyAreSet) {
  AccessSettings settings;
  EXPECT_EQ(settings.extension(), Use::on);
  EXPECT_EQ(settings.encryption(), Use::on);
  EXPECT_EQ(settings.scheme(), wire::PasswordScheme::md5);
  EXPECT_FALSE(settings.has_password());
}

TEST(AccessSettings, TakeTheirWordsInAnyCase) {
  AccessSettings settings;
  EXPECT_EQ(settings.set("Extension", "OFF"), SetResult::ok);
  EXPECT_EQ(settings.extension(), Use::off);
  EXPECT_EQ(settings.set("extension", "required"), SetResult::ok);
  EXPECT_EQ(settings.extension(), Use::required);
  EXPECT_EQ(settings.set("extension", "on"), SetResult::ok);
  EXPECT_EQ(settings.extension(), Use::on);
  EXPECT_EQ(settings.set("encryption", "off"), SetResult::ok);
  EXPECT_EQ(settings.encryption(), Use::off);
}

TEST(AccessSettings, AValueThatIsNotUnderstoodClosesTheDevice) {
  for (const std::string_view property : {"extension", "encryption"}) {
    AccessSettings settings;
    EXPECT_EQ(settings.set(property, "requird"), SetResult::bad_value);
    EXPECT_EQ(settings.extension(), Use::required);
  }
}

TEST(AccessSettings, RequiredEncryptionNeedsTheExtension) {
  AccessSettings settings;
  EXPECT_EQ(settings.set("extension", "off"), SetResult::ok);
  EXPECT_EQ(settings.set("encryption", "required"), SetResult::ok);
  EXPECT_EQ(settings.extension(), Use::required);
}

TEST(AccessSettings, ForgetsThePassword) {
  AccessSettings settings;
  EXPECT_EQ(settings.set("passwd", "secret"), SetResult::ok);
  EXPECT_EQ(settings.password(), "secret");
  settings.forget_password();
  EXPECT_FALSE(settings.has_password());
}

}  // namespace
}  // namespace airlift::element
