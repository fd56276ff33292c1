// The OTA element and the upload extension.

#include <gtest/gtest.h>

#include "support/ota_rig.hpp"

namespace airlift::element {
namespace {

using testing::test_endpoint;
using testing::test_image;

const port::Endpoint host = test_endpoint(1, 40000);

class OtaExtension : public ::testing::Test, protected testing::OtaRig {
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
    OtaRig::start();
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
  OtaRig::start();  // without a password
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
  OtaRig::start();
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

TEST_F(OtaExtension, APausedUploadGivesWayToABrowser) {
  start();
  ASSERT_TRUE(offer(image));
  update::Announcement other;
  other.size_bytes = 500;
  EXPECT_EQ(ota.begin_direct_upload(other).error(), UpdateError::busy);
  send(image.substr(0, 1000));
  extension_stream.breaks();
  run();
  ASSERT_TRUE(ota.extension().paused());
  other.size_bytes = 0;
  EXPECT_EQ(ota.begin_direct_upload(other).error(), UpdateError::bad_size);
  EXPECT_TRUE(ota.extension().paused());  // what is refused changes nothing
  other.size_bytes = 500;
  EXPECT_TRUE(ota.begin_direct_upload(other).ok());
  EXPECT_FALSE(ota.extension().paused());
  EXPECT_FALSE(offer(image));
}

TEST_F(OtaExtension, APausedUploadIsGivenUpAlsoWhenTheOldUploaderIsNotReached) {
  OtaRig::start();
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

TEST_F(OtaExtension, RequiredEncryptionOnABoardWithoutItRefusesEverythingAndSaysSo) {
  OtaElement bare{{socket,
                   ota_stream,
                   ota_advertiser,
                   entropy,
                   calendar,
                   keys,
                   extension_stream,
                   listener,
                   {},
                   OtaElement::Tls::unavailable},
                  storage.updater,
                  "board-id"};
  ElementRegistry other_registry;
  ASSERT_TRUE(other_registry.add("device", device, Presence::always));
  ASSERT_TRUE(other_registry.add("ota", bare, Presence::in_bare_mode));
  Board other_board{other_registry, device, log, system};
  other_board.set({"config.json", "ota", "0", "encryption", "required"});
  other_board.start(now);
  other_board.network_is_up(now);
  EXPECT_TRUE(log.contains(port::LogLevel::error, "encryption is required, but not to be had here"));
  socket.deliver(host, uploader.invitation(image));
  while (other_board.loop(now).count() == 0) continue;
  EXPECT_EQ(socket.last_sent().substr(0, 17), "AIRLIFT 1 8266 T ");
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
