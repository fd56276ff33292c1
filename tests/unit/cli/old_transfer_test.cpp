// The transfer to a scripted device of the old protocol, and every way it can fail.
#include "old_transfer.hpp"

#include <gmock/gmock.h>

#include <random>

#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::Stage;
using State = cli::OldTransfer::State;
using ::testing::HasSubstr;

TEST(OldTransfer, SucceedsWithoutPassword) {
  OldTransferRig rig;
  EXPECT_EQ(rig.transfer.bytes_to_send(), 5000U);
  rig.takes(1460);
  EXPECT_EQ(rig.transfer.bytes_to_send(), 3540U);
  rig.answers("1460");
  rig.takes(3540);
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.answers("14601460620");
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.answers("OK");
  EXPECT_EQ(rig.state(), State::succeeded);
}

TEST(OldTransfer, StallsAfterTenSecondsWithoutBytesAndAnswers) {
  OldTransferRig rig;
  rig.takes(1460);
  rig.wait(milliseconds{9000});
  rig.answers("1460");
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::sending);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::stalled);
  EXPECT_THAT(rig.transfer.failure().message, HasSubstr("1460 of 5000 bytes"));
  EXPECT_EQ(rig.transfer.failure().stage, Stage::transfer);
}

TEST(OldTransfer, ConnectionEndingInTransferIsLost) {
  for (const auto end : {&OldTransferRig::closes, &OldTransferRig::breaks}) {
    OldTransferRig rig;
    rig.takes(1460);
    rig.answers("1460");
    (rig.*end)();
    ASSERT_EQ(rig.error(), UpdateError::connection_lost);
    EXPECT_THAT(rig.transfer.failure().message, HasSubstr("1460 of 5000 bytes"));
  }
}

TEST(OldTransfer, CloseWithoutResult) {
  OldTransferRig rig;
  rig.take_everything();
  rig.answers("14601460");
  rig.closes();
  ASSERT_EQ(rig.error(), UpdateError::no_result);
  EXPECT_EQ(rig.transfer.failure().stage, Stage::verify);
}

TEST(OldTransfer, HalfAnOkIsNoResult) {
  OldTransferRig rig;
  rig.take_everything();
  rig.answers("O");
  rig.closes();
  EXPECT_EQ(rig.error(), UpdateError::no_result);
}

TEST(OldTransfer, BreakBeforeTheResultIsLost) {
  OldTransferRig rig;
  rig.take_everything();
  rig.breaks();
  EXPECT_EQ(rig.error(), UpdateError::connection_lost);
}

TEST(OldTransfer, SilenceAfterTheLastByteEndsAfterAMinute) {
  OldTransferRig rig;
  rig.take_everything();
  rig.wait(milliseconds{30000});
  rig.answers("1460");  // still taking bytes
  rig.wait(milliseconds{59999});
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_result);
  EXPECT_THAT(rig.transfer.failure().message, HasSubstr("60 s"));
}

TEST(OldTransfer, OkGluedToTheLastCount) {
  OldTransferRig rig;
  rig.take_everything();
  rig.answers("1460146014601460620OK");
  EXPECT_EQ(rig.state(), State::succeeded);
}

TEST(OldTransfer, OkInTwoSegmentsAndRepeated) {
  OldTransferRig rig;
  rig.take_everything();
  rig.answers("5000O");
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.answers("KOKOK");
  EXPECT_EQ(rig.state(), State::succeeded);
  rig.breaks();
  EXPECT_EQ(rig.state(), State::succeeded);
}

TEST(OldTransfer, OkTooEarlyIsNoOk) {
  OldTransferRig rig;
  rig.takes(100);
  rig.answers("100OK");
  ASSERT_EQ(rig.error(), UpdateError::bad_answer);
  EXPECT_THAT(rig.transfer.failure().message, HasSubstr("100 of 5000"));
}

TEST(OldTransfer, ErrorAtTheEnd) {
  OldTransferRig rig;
  rig.take_everything();
  rig.answers("1460ERROR[7]: MD5 check failed\n");
  ASSERT_EQ(rig.error(), UpdateError::rejected);
  const cli::PushFailure& failure = rig.transfer.failure();
  EXPECT_EQ(failure.device_says, "MD5 check failed");
  EXPECT_EQ(failure.device_number, 7);
  EXPECT_EQ(failure.message,
            "devding (192.168.1.20:8266) rejected the image: MD5 check failed (its error 7)");
  EXPECT_EQ(failure.advice, describe(UpdateError::digest_mismatch).advice);
}

TEST(OldTransfer, ErrorWithAForeignNumberKeepsTheGeneralAdvice) {
  OldTransferRig rig;
  rig.take_everything();
  rig.answers("ERROR[10]: Magic byte is wrong, not 0xE9\n");
  ASSERT_EQ(rig.error(), UpdateError::rejected);
  EXPECT_EQ(rig.transfer.failure().advice, describe(UpdateError::rejected).advice);
}

TEST(OldTransfer, ErrorInTheMiddleOfTheTransfer) {
  OldTransferRig rig;
  rig.takes(1460);
  rig.answers("ERROR[1]: flash ");
  EXPECT_EQ(rig.state(), State::hearing_error);
  EXPECT_EQ(rig.transfer.bytes_to_send(), 0U);
  rig.answers("write failed: sector 3\nERROR[1]: again\n");
  ASSERT_EQ(rig.error(), UpdateError::rejected);
  EXPECT_EQ(rig.transfer.failure().device_says, "flash write failed: sector 3");
}

TEST(OldTransfer, AnErrorLineThatIsCutStillCounts) {
  OldTransferRig closed;
  closed.take_everything();
  closed.answers("ERROR[5]: Bad Si");
  closed.closes();
  EXPECT_EQ(closed.error(), UpdateError::rejected);

  OldTransferRig silent;
  silent.take_everything();
  silent.answers("ERROR[5]: Bad Si");
  silent.wait(cli::OldTransfer::error_line_timeout);
  EXPECT_EQ(silent.error(), UpdateError::rejected);
  EXPECT_EQ(silent.transfer.failure().device_says, "Bad Si");
}

TEST(OldTransfer, AnEsp32RejectsWithoutNumber) {
  OldTransferRig rig;
  rig.take_everything();
  rig.answers("1460MD5 Check Failed\r\n");
  ASSERT_EQ(rig.error(), UpdateError::rejected);
  EXPECT_EQ(rig.transfer.failure().message,
            "devding (192.168.1.20:8266) rejected the image: MD5 Check Failed");
  EXPECT_EQ(rig.transfer.failure().device_number, 0);
}

TEST(OldTransfer, NonsenseInsteadOfCounts) {
  OldTransferRig rig;
  rig.answers("\x01\x02");
  EXPECT_EQ(rig.error(), UpdateError::bad_answer);
}

TEST(OldTransfer, AFileThatCannotBeReadEndsIt) {
  OldTransferRig rig;
  rig.takes(1460);
  rig.transfer.fail(cli::make_failure(UpdateError::file_unreadable, Stage::file, "app.bin"));
  rig.answers("OK");
  EXPECT_EQ(rig.error(), UpdateError::file_unreadable);
  EXPECT_EQ(rig.transfer.bytes_to_send(), 0U);
}

// The same device answers, cut anywhere, must end the same way.
class OldTransferCuts : public ::testing::TestWithParam<std::string> {
 protected:
  static UpdateError run(const std::vector<std::size_t>& cuts) {
    OldTransferRig rig;
    rig.take_everything();
    std::string_view rest = GetParam();
    for (const std::size_t cut : cuts) {
      rig.answers(rest.substr(0, cut));
      rest.remove_prefix(std::min(cut, rest.size()));
    }
    rig.answers(rest);
    rig.closes();
    return rig.error();
  }
};

TEST_P(OldTransferCuts, EndTheSame) {
  const UpdateError whole = run({});
  EXPECT_EQ(run(std::vector<std::size_t>(GetParam().size(), 1)), whole);
  std::mt19937 random{42};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::size_t> cuts(8);
    for (std::size_t& cut : cuts) cut = random() % 9;
    EXPECT_EQ(run(cuts), whole) << "round " << round;
  }
}

TEST(OldTransferCutsMean, WhatTheyShould) {
  // The parameters below cover all ends, so that "the same" is not always the same.
  OldTransferRig rig;
  rig.take_everything();
  rig.answers("14601460OK");
  rig.closes();
  EXPECT_EQ(rig.error(), UpdateError::none);
}

INSTANTIATE_TEST_SUITE_P(Streams, OldTransferCuts,
                         ::testing::Values("14601460OK", "OKOKOK", "1460ERROR[7]: MD5 check failed\nERROR[7]",
                                           "1460Wrong Magic Byte\r\n", "14601460", "1460O", "1460\x7F"));

}  // namespace
}  // namespace airlift::testing
