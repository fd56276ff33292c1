// What the ota element shows in every phase of an update.

#include "airlift/element/ota_values.hpp"

#include <gtest/gtest.h>

#include "airlift/codec/text.hpp"
#include "support/memory_sink.hpp"
#include "support/ota_rig.hpp"
#include "support/signing.hpp"

namespace airlift::element {
namespace {

using testing::test_image;
using testing::values_of;

/// `version` 1.0 for `image`, with a signature nobody asks for.
std::string versioned(const std::string& image, std::string_view version) {
  image::Manifest manifest = testing::manifest_of(image);
  manifest.version = image::ManifestText{version};
  return testing::signed_file(image, manifest, testing::TestKey{1});
}

std::string sha256_text(std::string_view image, std::size_t digits) {
  return std::string{codec::view(codec::to_hex(crypto::sha256(as_bytes(image)))).substr(0, digits)};
}

class Values : public ::testing::Test, protected testing::OtaRig {
 protected:
  std::string shown(const std::string& key) {
    const auto values = values_of(ota);
    const auto found = values.find(key);
    return found == values.end() ? "(not there)" : found->second;
  }
  /// Its trial's end is what `end` does.
  void restart() { ASSERT_TRUE(storage.boot().ok()); }
  void settle() { ASSERT_TRUE(storage.history.settle(storage.store.record()).ok()); }

  std::string image{test_image(3000)};
};

TEST_F(Values, OfANewDevice) {
  start();
  const std::map<std::string, std::string> expected{
      {"active", "true"},    {"mode", "normal"}, {"safemode", "false"}, {"phase", "idle"},
      {"board", "board-id"}, {"slot", "none"},   {"trial", "none"},     {"capacity", "8192"},
      {"slot.A", "empty"},   {"slot.B", "empty"}};
  EXPECT_EQ(values_of(ota), expected);
}

TEST_F(Values, InSafeModeItIsInactive) {
  set("device", "safemode", "true");
  start();
  EXPECT_EQ(shown("active"), "false");
  EXPECT_EQ(shown("safemode"), "true");
}

TEST_F(Values, BeforeItsStartItIsInactiveToo) {
  EXPECT_EQ(shown("active"), "false");
}

TEST_F(Values, TellTheModeOfTheBoard) {
  board.set_resets(2);
  start();
  EXPECT_EQ(shown("mode"), "unsafe");
}

TEST_F(Values, FollowAnUploadOfTheOldProtocol) {
  start();
  ASSERT_EQ(exchange(invitation(image)), "OK");
  EXPECT_EQ(shown("phase"), "receiving");
  EXPECT_EQ(shown("progress"), "0");
  ota_stream.deliver(image.substr(0, 1000));
  run();
  EXPECT_EQ(shown("phase"), "receiving");
  EXPECT_EQ(shown("progress"), "1000");
  EXPECT_EQ(shown("size"), "3000");
  EXPECT_EQ(shown("source"), "upload 192.0.2.1");
  ota_stream.deliver(image.substr(1000));
  run();
  EXPECT_EQ(shown("phase"), "restarting") << "the uploader has not closed yet";
  EXPECT_EQ(shown("progress"), "(not there)");
  EXPECT_EQ(shown("last"), "installed ok");
}

TEST_F(Values, TellThatAnImageIsVerifiedAndWhatBecameOfIt) {
  start();
  update::Announcement announcement = testing::announcement_of(image);
  announcement.source = boot::SourceText{"browser 192.0.2.7"};
  ASSERT_TRUE(ota.begin_direct_upload(announcement).ok());
  DirectUpload& upload = ota.direct_upload();
  std::string_view rest{image};
  while (upload.state() == DirectUpload::State::receiving) {
    const MutableBytes room = upload.room();
    const std::size_t count = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), count, room.begin());
    if (count > 0) upload.took(count);
    rest.remove_prefix(count);
    if (upload.state() == DirectUpload::State::receiving) upload.step();
  }
  EXPECT_EQ(shown("source"), "browser 192.0.2.7");
  EXPECT_EQ(shown("progress"), "3000");
  upload.finish();
  bool verified{false};
  while (upload.state() == DirectUpload::State::finishing) {
    upload.step();
    verified = verified || shown("phase") == "verifying";
  }
  EXPECT_TRUE(verified);
  EXPECT_EQ(shown("phase"), "restarting");
}

TEST_F(Values, AFailedUploadIsIdleAndTheLastOne) {
  start();
  ASSERT_EQ(exchange(invitation(image)), "OK");
  ota_stream.deliver(image.substr(0, 1000));
  ota_stream.peer_closes();
  run();
  EXPECT_EQ(shown("phase"), "idle");
  EXPECT_EQ(shown("last"), "failed connection_lost");
  EXPECT_EQ(shown("last.version"), "");
  EXPECT_EQ(shown("last.time"), std::to_string(calendar.time_s));
  EXPECT_EQ(shown("history.0"), "1800000000 firmware failed connection_lost - - upload 192.0.2.1");
}

TEST_F(Values, FollowATrialToItsRollback) {
  ASSERT_EQ(storage.install(versioned(test_image(900, 1), "1.0")), UpdateError::none);
  settle();
  const std::string second = test_image(900, 2);
  ASSERT_EQ(storage.upload(versioned(second, "2.0 beta")), UpdateError::none);
  start();
  EXPECT_EQ(shown("version"), "1.0");
  EXPECT_EQ(shown("slot"), "A");
  EXPECT_EQ(shown("slot.B"), "staged 2.0_beta " + sha256_text(second, 16));
  EXPECT_EQ(shown("trial"), "none");
  restart();
  EXPECT_EQ(shown("version"), "2.0 beta");
  EXPECT_EQ(shown("sha256"), sha256_text(second, 64));
  EXPECT_EQ(shown("slot"), "B");
  EXPECT_EQ(shown("trial"), "running");
  ASSERT_TRUE(storage.store.reject(UpdateError::not_confirmed).ok());
  settle();
  EXPECT_EQ(shown("slot"), "A");
  EXPECT_EQ(shown("slot.B"), "bad 2.0_beta " + sha256_text(second, 16));
  EXPECT_EQ(shown("last"), "rolled_back not_confirmed");
  EXPECT_EQ(shown("last.version"), "2.0 beta");
  EXPECT_EQ(shown("history.0"), "0 firmware rolled_back not_confirmed 1.0 2.0_beta ");
  EXPECT_EQ(shown("history.1"), "0 firmware confirmed ok - 1.0 ");
}

TEST_F(Values, AnImageThatWaitsForTheOtherOfItsBundleIsIdle) {
  start();
  image::Manifest manifest = testing::manifest_of(image);
  manifest.bundle_id = 1;
  ASSERT_EQ(storage.upload(testing::signed_file(image, manifest, testing::TestKey{1})), UpdateError::none);
  EXPECT_EQ(shown("phase"), "idle");
}

TEST_F(Values, ShowDigitsWhereThereIsNoVersion) {
  ASSERT_EQ(storage.install(image), UpdateError::none);
  ASSERT_EQ(storage.install(test_image(500, 2)), UpdateError::none);
  settle();
  EXPECT_EQ(shown("slot.A"), "good - " + sha256_text(image, 16));
  EXPECT_EQ(shown("history.0"), "0 firmware confirmed ok " + sha256_text(image, 8) + " " +
                                    sha256_text(test_image(500, 2), 8) + " ");
}

TEST_F(Values, KeepSixteenUpdatesTheNewestFirst) {
  for (unsigned i = 1; i <= 20; ++i) {
    (void)storage.updater.begin(testing::announcement_of(image));
    storage.updater.took(storage.updater.room().size());
    storage.updater.abort(i == 20 ? UpdateError::stalled : UpdateError::cancelled);
  }
  EXPECT_EQ(shown("history.0"), "0 firmware failed stalled - - ");
  EXPECT_EQ(shown("history.15"), "0 firmware failed cancelled - - ");
  EXPECT_EQ(shown("history.16"), "(not there)");
}

TEST_F(Values, LookForTheHistoryOnlyWhenItHasChanged) {
  ASSERT_EQ(storage.install(image), UpdateError::none);
  const std::string before = shown("history.0");
  storage.flash.memory.assign(storage.flash.memory.size(), 0xFF);
  EXPECT_EQ(shown("history.0"), before);
}

TEST_F(Values, ComeInTheSameOrderAndFitAlsoWhenAllIsLong) {
  ASSERT_EQ(storage.install(versioned(image, std::string(31, 'v'))), UpdateError::none);
  update::Announcement announcement = testing::announcement_of(test_image(900, 2));
  announcement.source = boot::SourceText{std::string(47, 's')};
  announcement.time_s = ~std::uint64_t{0};
  ASSERT_TRUE(storage.updater.begin(announcement).ok());
  testing::feed(storage.updater, test_image(900, 3));  // not what was announced
  testing::MemorySink first;
  testing::MemorySink second;
  ota.values(first);
  ota.values(second);
  EXPECT_EQ(first.keys, second.keys);
  EXPECT_EQ(first.values["history.0"], "18446744073709551615 firmware failed digest_mismatch " +
                                           std::string(31, 'v') + " - " + std::string(47, 's'));
}

// What a planned restart waits for

TEST_F(Values, AnUploadATrialAndAPausedUploadAreBusy) {
  start();
  EXPECT_FALSE(board.busy());
  ASSERT_EQ(exchange(invitation(image)), "OK");
  EXPECT_TRUE(board.busy());
  ota_stream.peer_closes();
  run();
  EXPECT_FALSE(board.busy());
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  ASSERT_EQ(storage.upload(test_image(500, 2)), UpdateError::none);
  restart();
  EXPECT_TRUE(board.busy());
  ASSERT_TRUE(storage.store.confirm().ok());
  EXPECT_FALSE(board.busy());
}

TEST_F(Values, APausedUploadIsBusy) {
  start();
  testing::ExtensionUploader uploader;
  const std::string datagram = uploader.invitation(image);
  uploader.learn(datagram, exchange(datagram), "");
  listener.peer_connects(testing::test_endpoint(1, 40000));
  run();
  extension_stream.deliver(uploader.frame(testing::offer_of(image)));
  run();
  extension_stream.deliver(testing::data_frames(image.substr(0, 1000)));
  run();
  extension_stream.breaks();
  run();
  ASSERT_TRUE(ota.extension().paused());
  EXPECT_TRUE(board.busy());
  EXPECT_EQ(shown("phase"), "receiving");
  EXPECT_EQ(shown("progress"), "1000");
}

}  // namespace
}  // namespace airlift::element
