// Who may not: proofs, strangers, and frames that are not to be.

#include <gtest/gtest.h>

#include "support/extension_rig.hpp"
#include "support/signing.hpp"

namespace airlift::element {
namespace {

using testing::data_frames;
using testing::FakeStream;
using testing::offer_of;
using testing::test_endpoint;
using testing::test_image;
using Kind = ExtensionSession::Event::Kind;
using State = ExtensionSession::State;

const port::Endpoint host = test_endpoint(1, 40000);
const port::Endpoint stranger = test_endpoint(9, 40000);

class Strangers : public ::testing::Test, protected testing::ExtensionRig {
 protected:
  void expect_unproven_refusal(UpdateError error) {
    EXPECT_EQ(answered(), error);
    EXPECT_FALSE(last().proven);
    EXPECT_FALSE(session.upload_running());
    EXPECT_EQ(storage.flash.changes(), 0U);
  }

  std::string image{test_image(3000)};
};

// Proofs

TEST_F(Strangers, AWrongPasswordIsRefusedCountedAndSlowedDown) {
  for (int i = 0; i < 3; ++i) {
    (void)invite(image, host, "guess");
    connect();
    say(frame(offer_of(image)));
    expect_unproven_refusal(UpdateError::wrong_password);
    stream.peer_closes();
    run();
  }
  EXPECT_EQ(invite(image), "ERR: too many wrong passwords: wait 1 s");
  connect();
  say(frame(offer_of(image)));
  expect_unproven_refusal(UpdateError::too_many_tries);
  EXPECT_EQ(last().answer().detail.view(), "wait 1 s");
}

TEST_F(Strangers, ARightPasswordForgetsTheFailures) {
  for (int i = 0; i < 2; ++i) {
    (void)invite(image, host, "guess");
    connect();
    say(frame(offer_of(image)));
    stream.peer_closes();
    run();
  }
  begin(image);
  EXPECT_EQ(answered(), UpdateError::none);
  session.abort();
  (void)invite(image, host, "guess");
  connect();
  say(frame(offer_of(image)));
  EXPECT_EQ(limiter.wait_for(host.address, now), milliseconds{0});
}

TEST_F(Strangers, ARefusalOfAStrangerGivesHimNothingToTryPasswordsOn) {
  (void)invite(image, host, "guess");
  connect();
  say(frame(offer_of(image)));
  const testing::Said refusal = last();
  // Not even the device's own session key fits: this MAC is the one of a key of zeros.
  EXPECT_TRUE(wire::mac_is_right(wire::Key{}, refusal.type, as_bytes(refusal.payload)));
}

TEST_F(Strangers, WhateverIsChangedInAnOfferIsAWrongPassword) {
  const testing::TestKey signer{1};
  const std::string trailer = testing::trailer_for(testing::manifest_of(image), signer);
  wire::Offer offer = offer_of(image);
  offer.trailer = as_bytes(trailer);
  // Command, flags, size, SHA-256 first and last byte, trailer, MAC; offsets from the page's table.
  for (const std::size_t at : {32U, 33U, 34U, 38U, 69U, 72U, 200U}) {
    (void)invite(image);
    connect();
    std::string changed = frame(offer);
    const std::size_t in_frame = wire::frame_header_bytes + at;
    changed[in_frame] = static_cast<char>(changed[in_frame] ^ (at == 32 ? 100 : 1));
    say(changed);
    expect_unproven_refusal(UpdateError::wrong_password);
    session.abort();
    limiter.succeeded(host.address);
  }
}

TEST_F(Strangers, WhoWaitsOutWrongPasswordsGetsNoHandshake) {
  session.set_encryption(Session::Encryption::on);
  (void)invite(image);
  for (int i = 0; i < 3; ++i) limiter.failed(host.address, now);
  connect();
  say(secure_frame());
  EXPECT_FALSE(stream.tls_role);
  EXPECT_EQ(session.state(), State::idle);
}

TEST_F(Strangers, AnOfferPlayedAgainOpensNothing) {
  (void)invite(image);
  const std::string recorded = frame(offer_of(image));
  connect();
  say(recorded);
  EXPECT_EQ(answered(), UpdateError::none);
  stream.breaks();
  run();
  connect();
  say(recorded);
  EXPECT_EQ(answered(), UpdateError::no_challenge);
  session.abort();
  (void)invite(image);
  connect();
  say(recorded);
  EXPECT_EQ(answered(), UpdateError::no_challenge);
}

TEST_F(Strangers, AChallengeServesItsSourceAloneAndNotForLong) {
  (void)invite(image);
  connect(stranger);
  say(frame(offer_of(image)));
  expect_unproven_refusal(UpdateError::no_challenge);
  session.abort();
  now += wire::challenge_lifetime;
  connect();
  say(frame(offer_of(image)));
  expect_unproven_refusal(UpdateError::no_challenge);
}

TEST_F(Strangers, AStatusChallengeIsNoInvitation) {
  (void)ask(line(wire::ExtensionRequest::Purpose::status), host);
  connect();
  say(frame(offer_of(image)));
  expect_unproven_refusal(UpdateError::no_challenge);
}

// Strangers and broken frames

TEST_F(Strangers, WhoSaysNothingIsClosedAfterFiveSeconds) {
  connect(stranger);
  run_after(ExtensionSession::greeting_timeout - milliseconds{1});
  EXPECT_EQ(session.state(), State::greeting);
  run_after(milliseconds{1});
  EXPECT_EQ(session.state(), State::idle);
  EXPECT_EQ(stream.closes, 1);
}

TEST_F(Strangers, WhoDripsBytesIsClosedAfterFiveSecondsAsWell) {
  (void)invite(image);
  connect();
  const std::string whole = frame(offer_of(image));
  for (std::size_t i = 0; session.state() == State::greeting; ++i) {
    ASSERT_LT(i, 6U);
    stream.deliver(whole.substr(i, 1));
    run_after(seconds{1});
  }
  EXPECT_EQ(session.state(), State::idle);
}

TEST_F(Strangers, ARefusedStrangerIsClosedAfterFiveSecondsInAll) {
  connect(stranger);
  now += seconds{4};
  say(frame(offer_of(image)));
  EXPECT_EQ(session.state(), State::reporting);
  run_after(seconds{1});
  EXPECT_EQ(session.state(), State::idle);
}

TEST_F(Strangers, ASecondConnectionWaitsForTheEndOfTheFirst) {
  connect(stranger);
  listener.peer_connects(host);
  (void)invite(image);
  run();
  EXPECT_EQ(session.state(), State::greeting);
  run_after(ExtensionSession::greeting_timeout);
  stream.written.clear();
  say(frame(offer_of(image)));
  EXPECT_EQ(answered(), UpdateError::none);
}

TEST_F(Strangers, AnUploaderThatWantsToBeConnectedToWaitsBehindAStrangerForAWhile) {
  connect(stranger);
  (void)invite(image, host, testing::rig_password, 50001);
  run_after(ExtensionSession::greeting_timeout);
  EXPECT_EQ(stream.connected_to, test_endpoint(1, 50001));
  session.abort();
  stream.connected_to.reset();
  connect(stranger);
  (void)invite(image, host, testing::rig_password, 50001);
  run_after(wire::connect_timeout);
  EXPECT_FALSE(stream.connected_to) << "the uploader has gone by now";
}

TEST_F(Strangers, WishesToBeConnectedToCannotKeepConnectionsOut) {
  stream.on_connect = FakeStream::OnConnect::waits;
  (void)invite(image, stranger, "guess", 50001);
  run();
  EXPECT_EQ(session.state(), State::connecting);
  listener.peer_connects(host);
  (void)invite(image, stranger, "guess", 50002);
  run_after(ExtensionSession::greeting_timeout);
  EXPECT_EQ(session.state(), State::greeting) << "the connection has its turn";
  listener.peer_connects(host);
  stream.breaks();
  run();
  EXPECT_EQ(session.state(), State::connecting) << "and then the wish";
}

TEST_F(Strangers, NobodyToConnectTo) {
  stream.on_connect = FakeStream::OnConnect::fails;
  (void)invite(image, host, testing::rig_password, 50001);
  run();
  EXPECT_EQ(session.state(), State::idle);
  EXPECT_TRUE(happened(Kind::refused));
  stream.on_connect = FakeStream::OnConnect::waits;
  (void)invite(image, host, testing::rig_password, 50001);
  run();
  EXPECT_EQ(session.state(), State::connecting);
  run_after(ExtensionSession::greeting_timeout);
  EXPECT_EQ(session.state(), State::idle);
}

TEST_F(Strangers, FramesOutOfTurnEndTheConnection) {
  const std::string unasked[]{std::string("\x04\x01\x00\x00x", 5), std::string("\x00\x00\x00\x00", 4),
                              std::string("\x02\xff\xff\xff", 4),  std::string("\x10\x45\x00\x00", 4),
                              std::string("\x03\x3f\x00\x00", 4),  std::string("GET / HTTP/1.1\r\n")};
  for (const std::string& bytes : unasked) {
    connect(stranger);
    say(bytes);
    EXPECT_EQ(session.state(), State::idle) << bytes;
    EXPECT_EQ(stream.written, "");
  }
}

TEST_F(Strangers, AnOfferThatCannotBeIsClosedUnanswered) {
  (void)invite(image);
  connect();
  wire::Offer offer = offer_of(image);
  offer.size_bytes = 0;
  say(frame(offer));
  EXPECT_EQ(session.state(), State::idle);
  EXPECT_EQ(stream.written, "");
}

TEST_F(Strangers, AnotherFrameInTheMiddleOfTheFileEndsTheConnectionOnly) {
  for (const std::string& bytes : {frame(wire::Query{}), std::string("\x07\x00\x00\x00", 4)}) {
    begin(image);
    say(data_frames(image.substr(0, 1000)) + bytes);
    EXPECT_TRUE(session.paused());
    EXPECT_EQ(events.back().error, UpdateError::bad_message);
    begin(image);
    EXPECT_EQ(last().answer().offset, 1000U);
    session.abort();
  }
}

}  // namespace
}  // namespace airlift::element
