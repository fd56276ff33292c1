#include "airlift/element/extension_session.hpp"

#include <gtest/gtest.h>

#include "support/extension_rig.hpp"
#include "support/signing.hpp"

namespace airlift::element {
namespace {

using testing::data_frames;
using testing::FakeFlash;
using testing::FakeStream;
using testing::offer_of;
using testing::test_endpoint;
using testing::test_image;
using Kind = ExtensionSession::Event::Kind;
using State = ExtensionSession::State;

const port::Endpoint host = test_endpoint(1, 40000);
const port::Endpoint stranger = test_endpoint(9, 40000);

class Extension : public ::testing::Test, protected testing::ExtensionRig {
 protected:
  void expect_installed(std::string_view file) {
    EXPECT_EQ(session.state(), State::reporting);
    EXPECT_EQ(last().type, wire::FrameType::result);
    EXPECT_TRUE(last().proven);
    EXPECT_EQ(last().result().error, UpdateError::none);
    EXPECT_TRUE(last().result().starts_next);
    EXPECT_EQ(last().result().image_sha256, crypto::sha256(as_bytes(file)));
    EXPECT_EQ(storage.staged_image(), file);
  }
  std::string image{test_image(3000)};
};

// The whole course

TEST_F(Extension, AnOfferedFileIsTakenInstalledAndReported) {
  begin(image);
  ASSERT_EQ(answered(), UpdateError::none);
  EXPECT_TRUE(last().proven);
  EXPECT_EQ(last().answer().offset, 0U);
  EXPECT_EQ(last().answer().prefix_sha256, crypto::sha256({}));
  EXPECT_TRUE(session.upload_running());
  say(data_frames(image));
  expect_installed(image);
  EXPECT_TRUE(happened(Kind::accepted));
  EXPECT_FALSE(happened(Kind::installed)) << "not before the uploader knows";
  stream.peer_closes();
  run();
  EXPECT_EQ(session.state(), State::idle);
  EXPECT_TRUE(happened(Kind::installed));
}

TEST_F(Extension, AnyCutOfTheBytesInstallsTheSame) {
  for (const std::size_t most : {1U, 3U, 255U, 1025U}) {
    stream.most_per_read = most;
    begin(image);
    say(data_frames(image, 700));
    expect_installed(image);
    session.abort();
  }
}

TEST_F(Extension, FramesOfOneByteInstallTheSameAndHoldUpNobody) {
  begin(image);
  stream.deliver(data_frames(image, 1));
  const std::size_t before = stream.inbound.size();
  (void)session.loop(other, now);
  EXPECT_GT(stream.inbound.size(), before - 100);
  run();
  expect_installed(image);
}

TEST_F(Extension, OneTurnTakesOneBlockAtMost) {
  begin(image);
  stream.deliver(data_frames(image));
  while (session.state() == State::receiving) {
    const std::uint32_t bytes = storage.updater.received_bytes();
    const std::size_t programs = storage.flash.programs;
    (void)session.loop(other, now);
    EXPECT_LE(storage.updater.received_bytes() - bytes, testing::test_sector_bytes);
    EXPECT_LE(storage.flash.programs - programs, 1U);
  }
}

TEST_F(Extension, TheDeviceConnectsWhenTheUploaderWantsThat) {
  (void)invite(image, host, testing::rig_password, 50001);
  run();
  ASSERT_TRUE(stream.connected_to);
  EXPECT_EQ(*stream.connected_to, test_endpoint(1, 50001));
  say(frame(offer_of(image)));
  say(data_frames(image));
  expect_installed(image);
}

TEST_F(Extension, ProgressIsSaidOnceTheLastOneIsOnItsWay) {
  begin(image);
  stream.write_room = 3;
  say(data_frames(image.substr(0, 100)));
  say(data_frames(image.substr(100, 200)));
  say(data_frames(image.substr(300, 300)));
  stream.write_room = FakeStream::unlimited;
  run();
  run_after(milliseconds{1});
  const auto frames = said();
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[1].progress(), 100U);
  EXPECT_EQ(frames[2].progress(), 600U);
}

TEST_F(Extension, ThatAllBytesAreThereIsSaidBeforeTheyAreJudged) {
  begin(image);
  stream.deliver(data_frames(image));
  while (session.state() != State::finishing) (void)session.loop(other, now);
  (void)session.loop(other, now);
  EXPECT_EQ(last().progress(), image.size());
  EXPECT_EQ(session.state(), State::finishing);
}

TEST_F(Extension, DoesNotWaitForEverForTheUploaderToClose) {
  begin(image);
  say(data_frames(image));
  run_after(wire::result_timeout - milliseconds{1});
  EXPECT_EQ(session.state(), State::reporting);
  run_after(milliseconds{1});
  EXPECT_EQ(session.state(), State::idle);
  EXPECT_TRUE(happened(Kind::installed));
}

TEST_F(Extension, AnUploaderThatIsGoneWhenAllBytesAreThereGetsItsImage) {
  begin(image);
  stream.deliver(data_frames(image));
  while (session.state() == State::receiving) (void)session.loop(other, now);
  stream.breaks();
  run();
  EXPECT_TRUE(happened(Kind::installed));
  EXPECT_EQ(storage.staged_image(), image);
}

TEST_F(Extension, TheFirstImageOfABundleDoesNotStartAlone) {
  // Unsigned manifests count as well where signatures are off.
  image::Manifest manifest = testing::manifest_of(image);
  manifest.bundle_id = 7;
  const std::string file = testing::signed_file(image, manifest, testing::TestKey{1});
  begin(file);
  say(data_frames(file));
  ASSERT_EQ(last().type, wire::FrameType::result);
  EXPECT_EQ(last().result().error, UpdateError::none);
  EXPECT_FALSE(last().result().starts_next);
  EXPECT_EQ(last().result().image_sha256, crypto::sha256(as_bytes(image)));
}

TEST_F(Extension, AFileThatIsNotTheOfferedOneIsNotInstalled) {
  begin(image);
  std::string swapped = image;
  swapped[1234] = static_cast<char>(swapped[1234] ^ 1);
  say(data_frames(swapped));
  EXPECT_EQ(last().result().error, UpdateError::sha256_mismatch);
  EXPECT_TRUE(last().proven);
  stream.peer_closes();
  run();
  EXPECT_TRUE(happened(Kind::failed));
  EXPECT_FALSE(storage.store.record().has_candidate());
  EXPECT_EQ(storage.history.recent().entries[0].cause, UpdateError::sha256_mismatch);
}

TEST_F(Extension, AFlashErrorIsReportedWithItsName) {
  storage.flash.fail_change(3, FakeFlash::Fault::refuse);
  begin(image);
  say(data_frames(image));
  EXPECT_EQ(last().result().error, UpdateError::flash_write);
  EXPECT_FALSE(session.paused());
}

TEST_F(Extension, AStopOfTheDeviceEndsTheUploadInTheHistory) {
  begin(image);
  say(data_frames(image.substr(0, 100)));
  session.abort();
  EXPECT_EQ(session.state(), State::idle);
  EXPECT_EQ(storage.history.recent().entries[0].cause, UpdateError::cancelled);
}

TEST_F(Extension, TheDeviceConnectsOnceWhenItIsAskedTwice) {
  const std::string datagram = invitation(image, 50001);
  (void)ask(datagram, host);
  run();
  (void)ask(datagram, host);
  say(frame(offer_of(image)));
  stream.breaks();
  run();
  EXPECT_EQ(stream.connects, 1);
  EXPECT_EQ(session.state(), State::idle);
}

// Before the first byte

TEST_F(Extension, WhatThePolicyForbidsIsRefusedBeforeTheFirstByte) {
  const testing::TestKey key_1{1};
  image::KeyRing ring;
  ASSERT_TRUE(ring.add(key_1.public_key()));
  storage.updater.set_policy({image::SignatureMode::required, &ring, crypto::DigestKind::sha256, "board-id"});
  wire::Offer offer = offer_of(image);
  const std::string stranger_signed = testing::trailer_for(testing::manifest_of(image), testing::TestKey{2});
  offer.trailer = as_bytes(stranger_signed);
  begin(image, offer);
  EXPECT_EQ(answered(), UpdateError::key_unknown);
  EXPECT_TRUE(last().proven);
  EXPECT_EQ(storage.flash.changes(), 0U);
  EXPECT_TRUE(happened(Kind::refused));
  stream.peer_closes();
  run();
  EXPECT_EQ(session.state(), State::idle);
}

TEST_F(Extension, WhatDoesNotFitIsRefusedWithBothFigures) {
  wire::Offer offer = offer_of(image);
  offer.size_bytes = 100000;
  begin(image, offer);
  EXPECT_EQ(answered(), UpdateError::no_space);
  EXPECT_EQ(last().answer().detail.view(), "100000 bytes, the slot holds 8192");
}

TEST_F(Extension, NothingIsTakenDuringATrialButTheStatusIsTold) {
  (void)invite(image);
  ASSERT_EQ(storage.upload(test_image(500)), UpdateError::none);
  ASSERT_TRUE(storage.boot().ok());
  connect();
  say(frame(offer_of(image)));
  EXPECT_EQ(answered(), UpdateError::trial_running);
}

TEST_F(Extension, AnotherUploadThatIsOnRefusesOffersAndQueries) {
  (void)invite(image);
  other = Session::OtherUpload::running;
  connect();
  say(frame(offer_of(image)));
  EXPECT_EQ(answered(), UpdateError::busy);
  stream.peer_closes();
  run();
  (void)ask(line(wire::ExtensionRequest::Purpose::status), host);
  connect();
  say(frame(wire::Query{}));
  EXPECT_EQ(answered(), UpdateError::busy);
}

// TLS

TEST_F(Extension, TlsBeginsBehindSecureWithThePasswordsKey) {
  session.set_encryption(Session::Encryption::on);
  (void)invite(image);
  connect();
  stream.on_tls = FakeStream::OnTls::waits;
  say(secure_frame());
  EXPECT_EQ(stream.tls_role, port::Stream::TlsRole::server);
  EXPECT_EQ(stream.tls_key, as_text(tls_key));
  stream.finish_tls();
  say(frame(offer_of(image)));
  EXPECT_EQ(answered(), UpdateError::none);
  say(data_frames(image));
  expect_installed(image);
}

TEST_F(Extension, AHandshakeThatFailsIsAWrongPassword) {
  session.set_encryption(Session::Encryption::on);
  stream.on_tls = FakeStream::OnTls::fails;
  for (int i = 0; i < 3; ++i) {
    (void)invite(image);
    connect();
    say(secure_frame());
    EXPECT_EQ(session.state(), State::idle);
  }
  EXPECT_EQ(limiter.wait_for(host.address, now), seconds{1});
  EXPECT_EQ(events.back().error, UpdateError::tls_failed);
}

TEST_F(Extension, AHandshakeCostsNothingWithoutAChallengeAndWithoutEncryption) {
  session.set_encryption(Session::Encryption::on);
  connect(stranger);
  say(secure_frame());
  EXPECT_FALSE(stream.tls_role);
  EXPECT_EQ(session.state(), State::idle);
  session.set_encryption(Session::Encryption::unavailable);
  (void)invite(image);
  connect();
  say(secure_frame());
  EXPECT_FALSE(stream.tls_role);
  EXPECT_EQ(session.state(), State::idle);
}

TEST_F(Extension, TlsDoesNotBeginTwice) {
  session.set_encryption(Session::Encryption::on);
  (void)invite(image);
  connect();
  say(secure_frame());
  say(secure_frame());
  EXPECT_EQ(session.state(), State::idle);
}

TEST_F(Extension, WhereEncryptionIsRequiredNothingGoesWithoutIt) {
  session.set_encryption(Session::Encryption::required);
  begin(image);
  EXPECT_EQ(answered(), UpdateError::encryption_required);
  EXPECT_TRUE(last().proven);
  session.abort();
  (void)ask(line(wire::ExtensionRequest::Purpose::status), host);
  connect();
  say(frame(wire::Query{}));
  EXPECT_EQ(answered(), UpdateError::encryption_required);
  session.abort();
  (void)invite(image);
  connect();
  say(secure_frame());
  say(frame(offer_of(image)));
  EXPECT_EQ(answered(), UpdateError::none);
}

// Status

TEST_F(Extension, TheStatusIsToldToWhoProvesThePassword) {
  report.set_name("devding");
  ASSERT_EQ(storage.install(image), UpdateError::none);
  (void)ask(line(wire::ExtensionRequest::Purpose::status), host);
  connect();
  say(frame(wire::Query{}));
  ASSERT_EQ(last().type, wire::FrameType::status);
  EXPECT_TRUE(last().proven);
  const std::string payload = last().payload;
  const auto status = wire::parse_status(wire::decode_status(as_bytes(payload)).value());
  EXPECT_EQ(status.name.view(), "devding");
  ASSERT_NE(status.firmware.running_slot(), nullptr);
  EXPECT_EQ(status.firmware.running_slot()->sha256, crypto::sha256(as_bytes(image)));
  stream.peer_closes();
  run();
  EXPECT_EQ(session.state(), State::idle);
  EXPECT_TRUE(events.empty());
}

TEST_F(Extension, AQueryWithAWrongPasswordIsCounted) {
  for (int i = 0; i < 3; ++i) {
    (void)ask(line(wire::ExtensionRequest::Purpose::status), host, "guess");
    connect();
    say(frame(wire::Query{}));
    EXPECT_EQ(answered(), UpdateError::wrong_password);
    EXPECT_FALSE(last().proven);
    hang_up();
  }
  EXPECT_EQ(limiter.wait_for(host.address, now), seconds{1});
}

}  // namespace
}  // namespace airlift::element
