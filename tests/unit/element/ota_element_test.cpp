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
                    gzip_arena, OtaElement::Tls::available},
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

// The extension

class OtaExtension : public Ota {
 protected:
  /// Invites, connects and offers; true when the device wants the file.
  bool offer(std::string_view file, std::uint16_t host_port = 0) {
    const std::string datagram = uploader.invitation(file, host_port);
    uploader.learn(datagram, exchange(datagram), "secret");
    if (host_port == 0) listener.peer_connects(host);
    run();
    extension_stream.written.clear();
    extension_stream.deliver(uploader.frame(testing::offer_of(file)));
    run();
    const auto said = uploader.read(extension_stream.written);
    return said.size() == 1 && said[0].answer().error == UpdateError::none;
  }
  void send(std::string_view bytes) {
    extension_stream.deliver(testing::data_frames(bytes));
    run();
  }
  void start() {
    set("ota", "passwd", "secret");
    Ota::start();
  }

  testing::ExtensionUploader uploader;
  std::string image{test_image(3000)};
};

TEST_F(OtaExtension, UploadsInstallsAndReboots) {
  start();
  EXPECT_EQ(listener.listening_port, 8266);
  ASSERT_TRUE(offer(image));
  EXPECT_TRUE(log.contains("accepted a firmware of 3000 bytes from 192.0.2.1"));
  send(image);
  EXPECT_EQ(system.reboots, 0) << "not before the uploader knows";
  extension_stream.peer_closes();
  run();
  EXPECT_EQ(system.reboots, 1);
  EXPECT_EQ(storage.staged_image(), image);
  EXPECT_TRUE(log.contains("3000 bytes installed, restarting"));
  EXPECT_EQ(storage.history.recent().entries[0].source.view(), "upload 192.0.2.1");
}

TEST_F(OtaExtension, ConnectsBackWhenAskedTo) {
  start();
  ASSERT_TRUE(offer(image, 50001));
  EXPECT_EQ(*extension_stream.connected_to, test_endpoint(1, 50001));
}

TEST_F(OtaExtension, BothProtocolsKnowOfEachOther) {
  start();
  ASSERT_TRUE(offer(image));
  EXPECT_EQ(exchange(invitation("x")), "ERR: another upload is running");
  EXPECT_EQ(exchange(uploader.line(wire::ExtensionRequest::Purpose::status)),
            "ERR: another upload is running");
}

TEST_F(OtaExtension, AnUploadOfTheOldProtocolKeepsOffersOut) {
  Ota::start();  // without a password
  const std::string datagram = uploader.invitation(image);
  uploader.learn(datagram, exchange(datagram), "");
  ASSERT_EQ(exchange(invitation(image)), "OK");
  listener.peer_connects(host);
  run();
  extension_stream.deliver(uploader.frame(testing::offer_of(image)));
  run();
  EXPECT_EQ(uploader.read(extension_stream.written)[0].answer().error, UpdateError::busy);
  ota_stream.deliver(image);
  run();
  EXPECT_EQ(storage.staged_image(), image);
}

TEST_F(OtaExtension, PausesGoesOnAndGivesWay) {
  start();
  ASSERT_TRUE(offer(image));
  send(image.substr(0, 1000));
  extension_stream.breaks();
  run();
  EXPECT_TRUE(log.contains("upload paused after 1000 of 3000 bytes: connection lost"));
  ASSERT_TRUE(offer(image));
  EXPECT_TRUE(log.contains("going on with the upload from 192.0.2.1 at byte 1000"));
  extension_stream.breaks();
  run();
  ASSERT_TRUE(ota.extension().paused());
  set("ota", "passwd", "");
  board.stop();
  EXPECT_FALSE(ota.extension().paused());
  EXPECT_EQ(storage.history.recent().entries[0].cause, UpdateError::connection_lost);
}

TEST_F(OtaExtension, APausedUploadGivesWayToAnOldUploader) {
  Ota::start();
  const std::string datagram = uploader.invitation(image);
  uploader.learn(datagram, exchange(datagram), "");
  listener.peer_connects(host);
  run();
  extension_stream.deliver(uploader.frame(testing::offer_of(image)));
  run();
  send(image.substr(0, 1000));
  extension_stream.breaks();
  run();
  ASSERT_TRUE(ota.extension().paused());
  EXPECT_EQ(exchange(invitation(test_image(500, 2))), "OK");
  EXPECT_FALSE(ota.extension().paused());
  ota_stream.deliver(test_image(500, 2));
  ota_stream.peer_closes();
  run();
  EXPECT_EQ(storage.staged_image(), test_image(500, 2));
}

TEST_F(OtaExtension, APausedUploadIsGivenUpAlsoWhenTheOldUploaderIsNotReached) {
  Ota::start();
  for (const bool interrupted : {false, true}) {
    if (interrupted) {
      ota_stream.on_connect = testing::FakeStream::OnConnect::fails_early;
      EXPECT_EQ(exchange(invitation(test_image(500, 2))), "ERR: network failed");
      EXPECT_FALSE(ota.extension().paused());
    }
    const std::string datagram = uploader.invitation(image);
    uploader.learn(datagram, exchange(datagram), "");
    listener.peer_connects(host);
    run();
    extension_stream.written.clear();
    extension_stream.deliver(uploader.frame(testing::offer_of(image)));
    run();
    EXPECT_EQ(uploader.read(extension_stream.written)[0].answer().offset, 0U);
    send(image.substr(0, 1000));
    extension_stream.breaks();
    run();
    EXPECT_TRUE(ota.extension().paused());
  }
}

TEST_F(OtaExtension, TheKeyIsDerivedWhileTheUploaderConnectsAndOnlyOnce) {
  start();
  const std::string datagram = uploader.invitation(image);
  socket.deliver(host, datagram);
  int turns{0};
  while (board.loop(now).count() == 0) ++turns;
  EXPECT_GE(turns, 99) << "100 rounds a turn";
  EXPECT_LE(turns, 110);
  socket.deliver(host, uploader.invitation(image));
  turns = 0;
  while (board.loop(now).count() == 0) ++turns;
  EXPECT_LE(turns, 3);
}

TEST_F(OtaExtension, IsNotThereInSafeModeNorWhenItIsOff) {
  set("ota", "extension", "off");
  start();
  EXPECT_FALSE(listener.listening_port);
  EXPECT_EQ(ota_advertiser.txt.count("airlift"), 0U);
  EXPECT_EQ(exchange(uploader.line(wire::ExtensionRequest::Purpose::status)), "");
}

TEST_F(OtaExtension, InSafeModeItDoesNotListen) {
  set("device", "safemode", "true");
  start();
  EXPECT_FALSE(listener.listening_port);
  EXPECT_EQ(exchange(uploader.line(wire::ExtensionRequest::Purpose::status)), "ERR: safe mode");
}

TEST_F(OtaExtension, ATakenTcpPortLeavesConnectingBackAndIsTriedAgain) {
  listener.listen_fails = true;
  start();
  EXPECT_TRUE(log.contains("cannot listen, trying again every 5 s: TCP port 8266"));
  EXPECT_EQ(exchange(uploader.invitation(image)).substr(0, 12), "AIRLIFT 1 0 ");
  listener.listen_fails = false;
  run(seconds{5});
  EXPECT_EQ(listener.listening_port, 8266);
  EXPECT_EQ(exchange(uploader.invitation(image)).substr(0, 15), "AIRLIFT 1 8266 ");
}

TEST_F(OtaExtension, SaysWhatItCanDo) {
  start();
  EXPECT_EQ(exchange(uploader.invitation(image)).substr(15, 4), "pzt ");
}

TEST_F(OtaExtension, EncryptionOffIsNotOffered) {
  set("ota", "encryption", "off");
  start();
  EXPECT_EQ(exchange(uploader.invitation(image)).substr(15, 3), "pz ");
}

TEST_F(OtaExtension, RequiredEncryptionShutsOldUploadersOut) {
  set("ota", "encryption", "required");
  start();
  EXPECT_EQ(exchange(invitation(image)), "ERR: only Airlift's uploader is accepted");
  EXPECT_EQ(exchange(uploader.invitation(image)).substr(15, 5), "pztT ");
  run(seconds{1});  // a log line a second
  EXPECT_FALSE(offer(image));
  EXPECT_TRUE(log.contains("refused 192.0.2.1: encryption required"));
}

TEST_F(OtaExtension, StopGivesTheListenerBack) {
  start();
  ASSERT_TRUE(offer(image));
  board.stop();
  EXPECT_FALSE(listener.listening_port);
  EXPECT_EQ(extension_stream.closes, 1);
}

}  // namespace
}  // namespace airlift::element
