#include "airlift/element/upload_session.hpp"

#include <gtest/gtest.h>

#include "support/fake_datagram_socket.hpp"
#include "support/fake_stream.hpp"
#include "support/slots.hpp"

namespace airlift::element {
namespace {

using testing::announcement_of;
using testing::FakeFlash;
using testing::FakeStream;
using testing::test_endpoint;
using testing::test_image;
using State = UploadSession::State;

const port::Endpoint host = test_endpoint(1, 50000);

class Session : public ::testing::Test {
 protected:
  void begin() { ASSERT_TRUE(session.begin(announcement_of(image), host, now).ok()); }

  /// Calls loop() as long as it says that there is more to do.
  void run() {
    for (int i = 0; i < 10000 && session.loop(now).count() == 0; ++i) continue;
  }
  void run_after(milliseconds time) {
    now += time;
    run();
  }
  [[nodiscard]] bool ends_with(std::string_view text) const {
    return stream.written.size() >= text.size() &&
           stream.written.compare(stream.written.size() - text.size(), text.size(), text) == 0;
  }

  testing::Storage storage;
  FakeStream stream;
  UploadSession session{stream, storage.updater};
  std::string image{test_image(1000)};
  Instant now{seconds{1000}};
};

TEST_F(Session, ConnectsBackAndInstallsAStreamedImage) {
  begin();
  EXPECT_EQ(stream.connected_to, host);
  stream.deliver(image);
  run();
  EXPECT_EQ(session.state(), State::reporting);
  EXPECT_EQ(stream.written, "1000OK");
  EXPECT_EQ(storage.staged_image(), image);
  stream.peer_closes();
  run_after(milliseconds{1});
  EXPECT_EQ(session.state(), State::ended);
  EXPECT_TRUE(session.committed());
  EXPECT_EQ(session.error(), UpdateError::none);
}

TEST_F(Session, AChunkAcrossABlockGetsTwoAnswersAndSoALockStepUploaderRunsAhead) {
  image = test_image(3000);
  begin();
  stream.deliver(image.substr(0, 1460));
  run();
  EXPECT_EQ(stream.written, "1024436");
}

TEST_F(Session, AnswersEveryChunkOfALockStepUploaderAtOnce) {
  begin();
  for (std::size_t sent = 0; sent < image.size(); sent += 100) {
    const std::size_t before = stream.written.size();
    stream.deliver(std::string_view{image}.substr(sent, 100));
    run();
    EXPECT_GT(stream.written.size(), before) << "after " << sent;
  }
  EXPECT_TRUE(session.committed());
}

TEST_F(Session, AnyCutOfTheBytesInstallsTheSame) {
  for (const std::size_t most : {1U, 3U, 255U, 257U}) {
    stream.most_per_read = most;
    begin();
    stream.deliver(image);
    run();
    EXPECT_TRUE(session.committed());
    EXPECT_EQ(storage.staged_image(), image);
    session.abort();
  }
}

TEST_F(Session, RepeatsOkUntilTheUploaderCloses) {
  begin();
  stream.deliver(image);
  run();
  run_after(milliseconds{99});
  EXPECT_FALSE(ends_with("OKOK"));
  run_after(milliseconds{1});
  EXPECT_TRUE(ends_with("OKOK"));
  run_after(milliseconds{100});
  EXPECT_TRUE(ends_with("OKOKOK"));
  EXPECT_EQ(session.state(), State::reporting);
}

TEST_F(Session, ReportsToAnUploaderThatClosedItsOwnDirectionEarly) {
  begin();
  stream.deliver(image);
  stream.peer_closes();
  run();
  EXPECT_TRUE(ends_with("OK"));
  EXPECT_TRUE(session.committed());
  EXPECT_EQ(session.state(), State::ended);
}

TEST_F(Session, DoesNotWaitForeverForTheUploaderToClose) {
  begin();
  stream.deliver(image);
  run();
  run_after(wire::result_timeout);
  EXPECT_EQ(session.state(), State::ended);
  EXPECT_TRUE(session.committed());
}

TEST_F(Session, NobodyToConnectTo) {
  stream.on_connect = FakeStream::OnConnect::fails;
  begin();
  run();
  EXPECT_EQ(session.state(), State::ended);
  EXPECT_EQ(session.error(), UpdateError::connect_failed);
  EXPECT_EQ(stream.closes, 1);
}

TEST_F(Session, AConnectionThatNeverComesTimesOut) {
  stream.on_connect = FakeStream::OnConnect::waits;
  begin();
  EXPECT_EQ(session.loop(now), wire::connect_timeout);
  run_after(wire::connect_timeout - milliseconds{1});
  EXPECT_EQ(session.state(), State::connecting);
  run_after(milliseconds{1});
  EXPECT_EQ(session.state(), State::ended);
  EXPECT_EQ(session.error(), UpdateError::connect_failed);
}

TEST_F(Session, ACutConnectionInstallsNothing) {
  begin();
  stream.deliver(image.substr(0, 999));
  run();
  stream.peer_closes();
  run_after(milliseconds{1});
  EXPECT_EQ(session.state(), State::ended);
  EXPECT_EQ(session.error(), UpdateError::connection_lost);
  EXPECT_EQ(storage.staged_image(), "");
}

TEST_F(Session, ABrokenConnectionInstallsNothing) {
  begin();
  stream.deliver(image.substr(0, 500));
  run();
  stream.breaks();
  run_after(milliseconds{1});
  EXPECT_EQ(session.error(), UpdateError::connection_lost);
  EXPECT_EQ(session.state(), State::ended);
}

TEST_F(Session, ASilentUploaderIsToldAndLeft) {
  begin();
  stream.deliver(image.substr(0, 500));
  run();
  run_after(wire::receive_timeout);
  EXPECT_EQ(session.error(), UpdateError::stalled);
  EXPECT_TRUE(ends_with("ERROR[6]: no data for too long\n"));
  run_after(wire::result_timeout);
  EXPECT_EQ(session.state(), State::ended);
}

TEST_F(Session, TheFirstByteMayTakeUntilTheThirdInvitation) {
  begin();
  run();
  EXPECT_TRUE(session.waiting_for_first_byte());
  run_after(wire::first_byte_timeout - milliseconds{1});
  EXPECT_EQ(session.state(), State::receiving);
  stream.deliver("x");
  run();
  EXPECT_FALSE(session.waiting_for_first_byte());
  run_after(wire::receive_timeout);
  EXPECT_EQ(session.error(), UpdateError::stalled);
}

TEST_F(Session, ACorruptFileIsRejectedAndTheReasonRepeated) {
  update::Announcement announcement = announcement_of(image);
  (*announcement.md5)[0] ^= 1;
  ASSERT_TRUE(session.begin(announcement, host, now).ok());
  stream.deliver(image);
  run();
  EXPECT_TRUE(ends_with("1000ERROR[7]: MD5 check failed\n"));
  run_after(wire::result_interval);
  EXPECT_TRUE(ends_with("ERROR[7]: MD5 check failed\nERROR[7]: MD5 check failed\n"));
  EXPECT_EQ(session.error(), UpdateError::digest_mismatch);
  EXPECT_EQ(storage.staged_image(), "");
}

TEST_F(Session, AFlashErrorInMidTransferIsAnsweredToEveryFurtherChunk) {
  image = test_image(3000);
  storage.flash.fail_change(3, FakeFlash::Fault::refuse);  // two sectors are entered, then the first program
  begin();
  stream.deliver(image.substr(0, 1500));
  run();
  const std::string error{"ERROR[1]: flash write failed\n"};
  EXPECT_TRUE(ends_with(error));
  for (int i = 0; i < 3; ++i) {
    stream.written.clear();
    stream.deliver(image.substr(0, 100));
    run();
    EXPECT_EQ(stream.written, error);
  }
  stream.peer_closes();
  run_after(milliseconds{1});
  EXPECT_EQ(session.error(), UpdateError::flash_write);
}

TEST_F(Session, CountsAddUpWhenTheUploaderDoesNotReadThem) {
  image = test_image(3000);
  stream.write_room = 0;
  begin();
  stream.deliver(image);
  run();
  EXPECT_EQ(storage.staged_image(), image);
  stream.write_room = FakeStream::unlimited;
  run_after(wire::result_interval);
  // The first count was in the outbox already; all others are one sum.
  EXPECT_EQ(stream.written.substr(0, 10), "10241976OK");
}

TEST_F(Session, AnAnswerThatGoesOutInPiecesStaysWhole) {
  image = test_image(3000);
  stream.write_room = 1;
  begin();
  stream.deliver(image);
  run();
  for (int i = 0; i < 20; ++i) {
    stream.write_room = 1;
    run_after(milliseconds{10});
  }
  EXPECT_EQ(stream.written.substr(0, 12), "10241976OKOK");
}

TEST_F(Session, BytesBeyondTheAnnouncedSizeAreNotInstalled) {
  begin();
  stream.deliver(image + "more");
  run();
  EXPECT_EQ(storage.staged_image(), image);
}

TEST_F(Session, CanBeUsedAgainAfterAnyEnd) {
  begin();
  session.abort();
  EXPECT_EQ(session.error(), UpdateError::cancelled);
  session.acknowledge();
  begin();
  stream.deliver(image);
  run();
  EXPECT_TRUE(session.committed());
}

TEST_F(Session, ARefusedConnectLeavesTheSessionIdle) {
  stream.on_connect = FakeStream::OnConnect::fails_early;
  EXPECT_EQ(session.begin(announcement_of(image), host, now).error(), UpdateError::network_failed);
  EXPECT_FALSE(session.running());
  EXPECT_EQ(session.begin(announcement_of(test_image(100000)), host, now).error(), UpdateError::no_space);
}

}  // namespace
}  // namespace airlift::element
