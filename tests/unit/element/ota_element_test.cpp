#include "airlift/element/ota_element.hpp"

#include <gtest/gtest.h>

#include "support/ota_rig.hpp"
#include "support/signing.hpp"

namespace airlift::element {
namespace {

using testing::test_endpoint;
using testing::test_image;

const port::Endpoint host = test_endpoint(1, 40000);

class Ota : public ::testing::Test, protected testing::OtaRig {};

TEST_F(Ota, ListensAndAdvertisesAsConfigured) {
  set("ota", "port", "3232");
  set("ota", "passwd", "123");
  start();
  EXPECT_EQ(socket.open_port, 3232);
  EXPECT_EQ(ota_advertiser.type, "_arduino._tcp");
  EXPECT_EQ(ota_advertiser.port, 3232);
  EXPECT_EQ(ota_advertiser.txt, (std::map<std::string, std::string>{{"board", "board-id"},
                                                                    {"tcp_check", "no"},
                                                                    {"ssh_upload", "no"},
                                                                    {"auth_upload", "yes"},
                                                                    {"airlift", "1"}}));
  ota_advertiser.establish();
  run();
  EXPECT_TRUE(log.contains("advertised as devding"));
  EXPECT_FALSE(log.contains("123 "));
}

TEST_F(Ota, ReportsTheNameItGotInsteadOfATakenOne) {
  start();
  ota_advertiser.establish();
  run();
  testing::FakeNames names{"devding"};
  testing::FakeAdvertiser second{names};
  OtaElement other{{socket, ota_stream, second, entropy, calendar, keys, extension_stream, listener,
                    transfer_memory, OtaElement::Tls::available},
                   storage.updater,
                   "board-id"};
  ElementRegistry other_registry;
  ASSERT_TRUE(other_registry.add("device", device, Presence::always));
  ASSERT_TRUE(other_registry.add("ota", other, Presence::in_bare_mode));
  Board other_board{other_registry, device, log, system};
  other_board.set({"config.json", "ota", "0", "port", "8267"});
  other_board.start(now);
  other_board.network_is_up(now);
  second.establish();
  (void)other_board.loop(now);
  EXPECT_TRUE(log.contains(port::LogLevel::warning, "the name devding is taken; advertised as devding-2"));
}

TEST_F(Ota, UploadsInstallAndReboot) {
  start();
  const std::string image = test_image(1000);
  EXPECT_EQ(exchange(invitation(image)), "OK");
  ASSERT_TRUE(ota_stream.connected_to);
  EXPECT_EQ(*ota_stream.connected_to, test_endpoint(1, 50000));
  ota_stream.deliver(image);
  run();
  EXPECT_EQ(system.reboots, 0);  // not before the uploader knows
  ota_stream.peer_closes();
  run();
  EXPECT_EQ(system.reboots, 1);
  EXPECT_EQ(storage.staged_image(), image);
}

TEST_F(Ota, PasswordsAreAskedForInBothSchemes) {
  set("ota", "passwd", "123");
  set("ota", "auth", "sha256");
  start();
  const std::string challenge = exchange(invitation("x"));
  EXPECT_EQ(challenge.size(), 5 + 64U);
}

TEST_F(Ota, ASecondUploadIsRefusedAndTheFirstGoesOn) {
  start();
  const std::string image = test_image(1000);
  ASSERT_EQ(exchange(invitation(image)), "OK");
  ota_stream.deliver(image.substr(0, 500));
  run();
  EXPECT_EQ(exchange(invitation("other"), test_endpoint(2, 1)), "ERR: another upload is running");
  ota_stream.deliver(image.substr(500));
  ota_stream.peer_closes();
  run();
  EXPECT_EQ(storage.staged_image(), image);
}

TEST_F(Ota, AFailedUploadIsLoggedWithItsCauseAndTheNextOneWorks) {
  start();
  const std::string image = test_image(1000);
  ASSERT_EQ(exchange(invitation(image)), "OK");
  ota_stream.deliver(image.substr(0, 500));
  ota_stream.peer_closes();
  run();
  EXPECT_TRUE(log.contains("upload failed after 500 of 1000 bytes: connection lost"));
  EXPECT_EQ(system.reboots, 0);
  ASSERT_EQ(exchange(invitation(image)), "OK");
  ota_stream.deliver(image);
  ota_stream.peer_closes();
  run();
  EXPECT_EQ(system.reboots, 1);
}

TEST_F(Ota, InSafeModeItSaysSoAndAdvertisesNothing) {
  set("device", "safemode", "true");
  start();
  ota_advertiser.establish();
  EXPECT_EQ(exchange(invitation("x")), "ERR: safe mode");
  EXPECT_EQ(ota_advertiser.type, "");
  EXPECT_FALSE(ota.accepts_uploads());
}

TEST_F(Ota, SdFalseAdvertisesNothingButTakesUploads) {
  set("device", "sd", "false");
  start();
  EXPECT_EQ(ota_advertiser.type, "");
  EXPECT_EQ(exchange(invitation("x")), "OK");
}

TEST_F(Ota, WithoutMdnsItStillTakesUploads) {
  ota_advertiser.advertise_fails = true;
  start();
  EXPECT_TRUE(log.contains("mDNS cannot be used"));
  EXPECT_EQ(exchange(invitation("x")), "OK");
}

TEST_F(Ota, ATakenPortIsTriedAgain) {
  socket.open_fails = true;
  start();
  EXPECT_TRUE(log.contains(port::LogLevel::error, "cannot listen"));
  socket.open_fails = false;
  run(seconds{4});
  EXPECT_FALSE(socket.open_port);
  run(seconds{1});
  EXPECT_EQ(socket.open_port, 8266);
}

TEST_F(Ota, OverlongDatagramsAreCutAndRefused) {
  start();
  EXPECT_EQ(exchange("0 " + std::string(5000, '1')), "ERR: invitation not understood");
}

TEST_F(Ota, AFloodOfRefusalsDoesNotFloodTheLog) {
  start();
  const std::size_t before = log.lines.size();
  for (int i = 0; i < 100; ++i) (void)exchange("0 nonsense");
  EXPECT_EQ(log.lines.size(), before + 1);
}

TEST_F(Ota, OtherElementsGetTheirTurnDuringAnUpload) {
  start();
  const std::string image = test_image(8 * testing::test_sector_bytes);
  ASSERT_EQ(exchange(invitation(image)), "OK");
  ota_stream.deliver(image);
  std::size_t turns{0};
  while (ota.session().received_bytes() < image.size()) {
    const std::uint32_t before = ota.session().received_bytes();
    (void)board.loop(now);
    EXPECT_LE(ota.session().received_bytes() - before, testing::test_sector_bytes);
    ++turns;
  }
  EXPECT_GE(turns, 8U);
}

TEST_F(Ota, RefusesValuesThatMakeNoSense) {
  EXPECT_EQ(ota.set("port", "0"), SetResult::bad_value);
  EXPECT_EQ(ota.set("port", "65536"), SetResult::bad_value);
  EXPECT_EQ(ota.set("port", "8266x"), SetResult::bad_value);
  EXPECT_EQ(ota.set("auth", "sha1"), SetResult::bad_value);
  EXPECT_EQ(ota.set("passwd", std::string(65, 'x')), SetResult::bad_value);
  EXPECT_EQ(ota.set("psswd", "x"), SetResult::unknown_property);
  EXPECT_EQ(ota.port(), 8266);
  EXPECT_FALSE(ota.has_password());
}

TEST_F(Ota, RefusesUploadsWhileAnImageIsOnTrial) {
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  ASSERT_EQ(storage.upload(test_image(500, 2)), UpdateError::none);
  ASSERT_TRUE(storage.boot().ok());
  start();
  EXPECT_EQ(exchange(invitation("x")), "ERR: the running image is on trial");
  ASSERT_TRUE(storage.store.confirm().ok());
  EXPECT_EQ(exchange(invitation("x")), "OK");
}

TEST_F(Ota, WhoHasClosedMayInviteAgainAtOnce) {
  start();
  const std::string image = test_image(1000);
  ASSERT_EQ(exchange(invitation(image)), "OK");
  ota_stream.deliver(image.substr(0, 500));
  run();
  ota_stream.peer_closes();
  socket.deliver(host, invitation(image));
  run();
  EXPECT_EQ(socket.last_sent(), "OK") << "the close came first";
}

TEST_F(Ota, TheHistoryTellsWhoBroughtWhatAndWhen) {
  start();
  ASSERT_EQ(exchange(invitation(test_image(1000))), "OK");
  ota_stream.deliver(test_image(1000));
  ota_stream.peer_closes();
  run();
  const boot::RecentUpdates updates = storage.history.recent();
  ASSERT_EQ(updates.count, 1U);
  EXPECT_EQ(updates.entries[0].source.view(), "upload 192.0.2.1");
  EXPECT_EQ(updates.entries[0].time_s, calendar.time_s);
}

TEST_F(Ota, KeysMakeSignaturesRequired) {
  const testing::TestKey key{1};
  keys.keys["release.pem"] = key.public_key();
  set("ota", "keys", "release.pem");
  start();
  EXPECT_TRUE(log.contains("signatures are required"));
  ASSERT_EQ(exchange(invitation(test_image(1000))), "OK");
  ota_stream.deliver(test_image(1000));
  run();
  EXPECT_NE(ota_stream.written.find("ERROR[82]: signature missing"), std::string::npos) << ota_stream.written;
}

TEST_F(Ota, AKeyThatCannotBeReadRefusesEverything) {
  set("ota", "keys", "missing.pem");
  start();
  EXPECT_TRUE(log.contains(port::LogLevel::error, "every upload will be refused"));
  const std::string image = test_image(1000);
  const std::string file = testing::signed_file(image, testing::manifest_of(image), testing::TestKey{1});
  ASSERT_EQ(exchange(invitation(file)), "OK");
  ota_stream.deliver(file);
  run();
  EXPECT_NE(ota_stream.written.find("ERROR[86]: no trusted key"), std::string::npos) << ota_stream.written;
}

TEST_F(Ota, TheRecordTellsABootLoaderHowOftenToTry) {
  set("ota", "attempts", "7");
  start();
  ASSERT_EQ(storage.upload(test_image(500, 2)), UpdateError::none);
  EXPECT_EQ(storage.store.record().most_attempts(), 7);
}

TEST_F(Ota, ABundleRestartsWhenItIsWhole) {
  start();
  const std::string firmware = test_image(900);
  image::Manifest manifest = testing::manifest_of(firmware);
  manifest.bundle_id = 1;
  const std::string file = testing::signed_file(firmware, manifest, testing::TestKey{1});
  ASSERT_EQ(exchange(invitation(file)), "OK");
  ota_stream.deliver(file);
  ota_stream.peer_closes();
  run();
  EXPECT_EQ(system.reboots, 0);
  EXPECT_TRUE(log.contains("waiting for the other image of the bundle"));
}

TEST_F(Ota, StopGivesEverythingBack) {
  start();
  ASSERT_EQ(exchange(invitation("x")), "OK");
  board.stop();
  EXPECT_FALSE(socket.open_port);
  EXPECT_EQ(ota_stream.closes, 1);
  EXPECT_EQ(ota_advertiser.state(), port::Advertiser::State::silent);
}

}  // namespace
}  // namespace airlift::element
