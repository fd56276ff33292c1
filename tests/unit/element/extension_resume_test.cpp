// Uploads by the extension that break and go on, and compressed ones.

#include <gtest/gtest.h>

#include <random>

#include "support/extension_rig.hpp"
#include "support/gzip.hpp"
#include "support/signing.hpp"

namespace airlift::element {
namespace {

using testing::announcement_of;
using testing::compressible;
using testing::data_frames;
using testing::FakeFlash;
using testing::feed;
using testing::gzip;
using testing::offer_of;
using testing::test_image;
using Kind = ExtensionSession::Event::Kind;
using State = ExtensionSession::State;

class Resume : public ::testing::Test, protected testing::ExtensionRig {
 protected:
  /// Brings `bytes` of the file, and then the connection breaks.
  void begin_and_break(std::string_view file, std::size_t bytes) {
    begin(file);
    say(data_frames(file.substr(0, bytes)));
    stream.breaks();
    run();
  }
  /// Offers again and brings what the device asks for.
  void go_on(std::string_view file) {
    begin(file);
    ASSERT_EQ(answered(), UpdateError::none);
    const wire::Answer answer = last().answer();
    EXPECT_EQ(answer.prefix_sha256, crypto::sha256(as_bytes(file.substr(0, answer.offset))));
    say(data_frames(file.substr(answer.offset)));
  }
  void expect_installed(std::string_view file) {
    ASSERT_EQ(last().type, wire::FrameType::result);
    EXPECT_EQ(last().result().error, UpdateError::none);
    EXPECT_EQ(storage.staged_image(), file);
  }
  [[nodiscard]] boot::RecentUpdates history() { return storage.history.recent(); }

  std::string image{test_image(3000)};
};

TEST_F(Resume, AnUploadGoesOnAtTheByteWhereItStopped) {
  begin_and_break(image, 1700);
  EXPECT_TRUE(session.paused());
  EXPECT_FALSE(session.upload_running());
  EXPECT_TRUE(happened(Kind::paused));
  EXPECT_EQ(history().count, 0U) << "it has not failed yet";
  go_on(image);
  EXPECT_EQ(said().front().answer().offset, 1700U);
  EXPECT_TRUE(happened(Kind::resumed));
  expect_installed(image);
  EXPECT_EQ(history().count, 1U);
  EXPECT_EQ(history().entries[0].result, boot::UpdateResult::installed);
}

TEST_F(Resume, EveryPlaceOfACutInstallsTheSame) {
  // Blocks of 1024 bytes, and the last 768 kept back: 2232 is where the tail begins.
  for (const std::size_t cut : {0U, 1U, 1023U, 1024U, 1025U, 2048U, 2231U, 2232U, 2233U, 2900U, 2999U}) {
    begin_and_break(image, cut);
    go_on(image);
    EXPECT_EQ(said().front().answer().offset, cut);
    expect_installed(image);
    session.abort();
  }
}

TEST_F(Resume, ManyCutsAtRandomPlacesInstallTheSame) {
  std::mt19937 random{4};
  for (int round = 0; round < 20; ++round) {
    const std::string file = test_image(1 + random() % 8000, static_cast<unsigned>(round));
    std::size_t offset{0};
    for (int cuts = 0; cuts < 8; ++cuts) {
      begin(file);
      offset = said().front().answer().offset;
      const std::string frames = data_frames(std::string_view{file}.substr(offset), 1 + random() % 3000);
      stream.most_per_read = 1 + random() % 2000;
      // Not the whole rest: that would be the end.
      say(frames.substr(0, random() % (frames.size() + 1) / 2));
      stream.breaks();
      run();
      ASSERT_TRUE(session.paused());
    }
    go_on(file);
    expect_installed(file);
    session.abort();
  }
}

TEST_F(Resume, ACompressedUploadGoesOnWithAStreamOfItsOwn) {
  std::mt19937 random{5};
  const std::string file = compressible(7000);
  for (int round = 0; round < 20; ++round) {
    wire::Offer offer = offer_of(file);
    offer.compressed = true;
    for (int cuts = 0; cuts < 3; ++cuts) {
      begin(file, offer);
      const std::uint32_t offset = said().front().answer().offset;
      EXPECT_EQ(said().front().answer().prefix_sha256, crypto::sha256(as_bytes(file.substr(0, offset))));
      const std::string frames = data_frames(gzip(std::string_view{file}.substr(offset)), 1 + random() % 500);
      say(frames.substr(0, random() % frames.size() / 2));
      stream.breaks();
      run();
    }
    go_on(file);  // the rest as it is
    expect_installed(file);
    session.abort();
  }
}

TEST_F(Resume, TheOfferSaysWhetherTheNextPieceIsCompressed) {
  const std::string file = compressible(7000);
  begin_and_break(file, 2500);
  wire::Offer offer = offer_of(file);
  offer.compressed = true;
  begin(file, offer);
  EXPECT_EQ(last().answer().offset, 2500U);
  say(data_frames(gzip(std::string_view{file}.substr(2500))));
  expect_installed(file);
}

TEST_F(Resume, FromTheStartBeginsAnew) {
  begin_and_break(image, 1700);
  wire::Offer offer = offer_of(image);
  offer.from_the_start = true;
  begin(image, offer);
  EXPECT_EQ(last().answer().offset, 0U);
  say(data_frames(image));
  expect_installed(image);
}

TEST_F(Resume, AChangedFileBeginsAnew) {
  begin_and_break(image, 1700);
  const std::string changed = test_image(3000, 2);
  go_on(changed);
  EXPECT_EQ(said().front().answer().offset, 0U);
  expect_installed(changed);
}

TEST_F(Resume, AnotherTrailerBeginsAnew) {
  const std::string trailer = testing::trailer_for(testing::manifest_of(image), testing::TestKey{1});
  const std::string file = image + trailer;
  begin_and_break(file, 1700);
  wire::Offer offer = offer_of(file);
  offer.trailer = as_bytes(trailer);
  begin(file, offer);
  EXPECT_EQ(last().answer().offset, 0U);
}

TEST_F(Resume, ASilentUploaderIsPausedAfterTenSeconds) {
  begin(image);
  say(data_frames(image.substr(0, 100)));
  run_after(wire::receive_timeout - milliseconds{1});
  EXPECT_FALSE(session.paused());
  run_after(milliseconds{1});
  EXPECT_TRUE(session.paused());
  EXPECT_EQ(events.back().error, UpdateError::stalled);
  EXPECT_EQ(stream.closes, 1);
}

TEST_F(Resume, AByteNowAndThenKeepsItGoing) {
  begin(image);
  for (std::size_t i = 0; i < 5; ++i) {
    run_after(wire::receive_timeout - milliseconds{1});
    say(data_frames(image.substr(i, 1)));
  }
  EXPECT_FALSE(session.paused());
}

TEST_F(Resume, ARecordOfTlsThatIsWrongPausesIt) {
  begin(image);
  stream.breaks(UpdateError::tls_failed);
  run();
  EXPECT_TRUE(session.paused());
  EXPECT_EQ(events.back().error, UpdateError::tls_failed);
  EXPECT_EQ(limiter.wait_for(testing::test_endpoint(1, 0).address, now), milliseconds{0});
}

TEST_F(Resume, AnUploaderThatEndsItsDirectionTooEarlyIsPaused) {
  begin(image);
  stream.deliver(data_frames(image.substr(0, 100)));
  stream.peer_closes();
  run();
  EXPECT_TRUE(session.paused());
  EXPECT_EQ(storage.updater.received_bytes(), 100U);
}

TEST_F(Resume, AHandfulOfBytesBeforeTheEndOfTheDirectionIsEnough) {
  begin(image);
  stream.deliver(data_frames(image));
  stream.peer_closes();
  run();
  EXPECT_TRUE(happened(Kind::installed));
}

TEST_F(Resume, AfterTenMinutesItIsGivenUpAndInTheHistory) {
  begin_and_break(image, 1700);
  run_after(HeldUpload::patience - milliseconds{1});
  EXPECT_TRUE(session.paused());
  run_after(milliseconds{1});
  EXPECT_FALSE(session.paused());
  EXPECT_TRUE(happened(Kind::given_up));
  ASSERT_EQ(history().count, 1U);
  EXPECT_EQ(history().entries[0].result, boot::UpdateResult::failed);
  EXPECT_EQ(history().entries[0].cause, UpdateError::connection_lost);
  begin(image);
  EXPECT_EQ(last().answer().offset, 0U);
}

TEST_F(Resume, AStopOfTheDeviceEndsItInTheHistory) {
  begin_and_break(image, 1700);
  session.abort();
  EXPECT_FALSE(session.paused());
  EXPECT_EQ(history().entries[0].cause, UpdateError::connection_lost);
}

TEST_F(Resume, GivesWayToAnotherOfferThatIsAccepted) {
  begin_and_break(image, 1700);
  const std::string other_file = test_image(900, 2);
  go_on(other_file);
  expect_installed(other_file);
  ASSERT_EQ(history().count, 2U);
  EXPECT_EQ(history().entries[0].result, boot::UpdateResult::installed);
  EXPECT_EQ(history().entries[1].result, boot::UpdateResult::failed);
  EXPECT_EQ(history().entries[1].cause, UpdateError::connection_lost) << "why it was paused";
}

TEST_F(Resume, OutlastsOffersThatAreRefusedAndQueries) {
  begin_and_break(image, 1700);
  wire::Offer too_large = offer_of(test_image(10));
  too_large.size_bytes = 100000;
  begin(image, too_large);
  EXPECT_EQ(answered(), UpdateError::no_space);
  hang_up();
  (void)invite(image, testing::test_endpoint(1, 40000), "guess");
  connect();
  say(frame(offer_of(image)));
  EXPECT_EQ(answered(), UpdateError::wrong_password);
  hang_up();
  (void)ask(line(wire::ExtensionRequest::Purpose::status), testing::test_endpoint(1, 40000));
  connect();
  say(frame(wire::Query{}));
  EXPECT_EQ(last().type, wire::FrameType::status);
  hang_up();
  go_on(image);
  EXPECT_EQ(said().front().answer().offset, 1700U);
  expect_installed(image);
}

TEST_F(Resume, GivesWayToAnUploadOfTheOldProtocol) {
  begin_and_break(image, 1700);
  const std::string old = test_image(900, 2);
  ASSERT_TRUE(storage.updater.begin(announcement_of(old)).ok());
  session.give_way();
  EXPECT_FALSE(session.paused());
  run_after(HeldUpload::patience);
  feed(storage.updater, old);
  EXPECT_EQ(storage.staged_image(), old) << "its patience must not end the other upload";
  EXPECT_EQ(history().entries[1].cause, UpdateError::connection_lost);
}

// Compressed

class Compressed : public Resume {
 protected:
  void upload(const wire::Offer& offer, std::string_view packed, std::size_t piece = 65535) {
    begin(file, offer);
    say(data_frames(packed, piece));
  }
  [[nodiscard]] wire::Offer offer() const {
    wire::Offer made = offer_of(file);
    made.compressed = true;
    return made;
  }
  std::string file{compressible(7000)};
};

TEST_F(Compressed, IsUnpackedOnTheWayHoweverItIsCut) {
  for (const std::size_t piece : {1U, 7U, 1000U, 65535U}) {
    for (const std::size_t most : {1U, 13U, 5000U}) {
      stream.most_per_read = most;
      upload(offer(), gzip(file), piece);
      expect_installed(file);
      session.abort();
    }
  }
}

TEST_F(Compressed, WhatShrinksAThousandfoldStillTakesOneBlockInATurn) {
  file = std::string(8000, '\0');
  begin(file, offer());
  stream.deliver(data_frames(gzip(file)));
  while (session.state() == State::receiving) {
    const std::uint32_t bytes = storage.updater.received_bytes();
    (void)session.loop(other, now);
    EXPECT_LE(storage.updater.received_bytes() - bytes, testing::test_sector_bytes);
  }
  run();
  expect_installed(file);
}

TEST_F(Compressed, WhatTheStreamHoldsBackComesWithoutFurtherBytes) {
  // In these the last byte of DEFLATE gives bytes on both sides of the place where the tail begins.
  for (std::size_t size = 2066; size < 8192; size += 1032) {
    file = std::string(size, '\0');
    const std::string packed = gzip(file);
    // Only its checksum and length are missing.
    upload(offer(), packed.substr(0, packed.size() - 8), 1);
    expect_installed(file);
    session.abort();
  }
}

TEST_F(Compressed, WhatWasNotUnpackedWhenItBrokeIsForgotten) {
  for (const bool again_compressed : {false, true}) {
    file = std::string(8000, '\0') + "end";
    begin(file, offer());
    stream.deliver(data_frames(gzip(file)));
    (void)session.loop(other, now);
    stream.breaks();
    run();
    ASSERT_TRUE(session.paused());
    if (again_compressed) {
      begin(file, offer());
      say(data_frames(gzip(std::string_view{file}.substr(last().answer().offset))));
    } else {
      go_on(file);
    }
    expect_installed(file);
    session.abort();
  }
}

TEST_F(Compressed, DamageOnTheWayEndsTheUploadWithItsName) {
  std::string packed = gzip(file);
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  upload(offer(), packed);
  ASSERT_EQ(last().type, wire::FrameType::result);
  EXPECT_TRUE(last().result().error == UpdateError::gzip_damaged ||
              last().result().error == UpdateError::sha256_mismatch);
  EXPECT_FALSE(session.paused());
  EXPECT_FALSE(storage.store.record().has_candidate());
}

TEST_F(Compressed, AStreamThatEndsBeforeTheFileIsRefused) {
  upload(offer(), gzip(std::string_view{file}.substr(0, 5000)));
  EXPECT_EQ(last().result().error, UpdateError::bad_size);
}

TEST_F(Compressed, WhatIsMoreThanTheFileIsNotTaken) {
  upload(offer(), gzip(file + file));
  expect_installed(file);
}

TEST_F(Compressed, AGzipImageMayBeCompressedOnTheWayAsWell) {
  const std::string unpacked = file;
  file = gzip(unpacked);
  upload(offer(), gzip(file));
  expect_installed(unpacked);
}

TEST(CompressedTransfer, IsNotTakenWithoutMemoryForIt) {
  testing::ExtensionRig rig{false};
  EXPECT_FALSE(rig.session.can_unpack());
  const std::string file = compressible(2000);
  wire::Offer offer = offer_of(file);
  offer.compressed = true;
  rig.begin(file, offer);
  EXPECT_EQ(rig.answered(), UpdateError::gzip_window);
}

}  // namespace
}  // namespace airlift::element
