// The transfer to a scripted device of Airlift's extension: what ends it, how, and what may help.
#include "extension_transfer.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::ExtensionTransfer;
using cli::Proof;
using cli::Stage;
using cli::TransferEnd;
using Remedy = TransferEnd::Remedy;
using State = ExtensionTransfer::State;
using ::testing::HasSubstr;

constexpr std::string_view tail{"the last bytes"};

struct Rig {
  explicit Rig(bool compressed = false, bool from_the_start = false)
      : transfer{clock.now(), plan(compressed, from_the_start)} {}

  ExtensionTransfer::Plan plan(bool compressed, bool from_the_start) {
    key.fill(3);
    ExtensionTransfer::Plan plan;
    plan.offer.nonce.fill(9);
    plan.offer.compressed = compressed;
    plan.offer.from_the_start = from_the_start;
    plan.offer.size_bytes = rig_image_bytes;
    plan.offer.sha256 = crypto::sha256(as_bytes("file"));
    plan.offer.trailer = as_bytes(tail);
    plan.session_key = key;
    plan.device_text = "devding (192.168.1.20:8266)";
    return plan;
  }

  /// A whole frame, as a device with the right key sends it.
  void sends(std::size_t size, const wire::FrameBytes& whole) {
    const Bytes payload = Bytes{whole}.first(size).subspan(wire::frame_header_bytes);
    transfer.frame(clock.now(), static_cast<wire::FrameType>(whole[0]), payload);
  }
  void answers(std::uint32_t offset, std::string_view prefix = "") {
    wire::Answer answer;
    answer.offset = offset;
    answer.prefix_sha256 = crypto::sha256(as_bytes(prefix));
    sends(wire::encode(answer, key, frame), frame);
  }
  void refuses(UpdateError error, std::string_view detail = "") {
    wire::Answer answer;
    answer.error = error;
    answer.detail = detail;
    sends(wire::encode(answer, wire::Key{}, frame), frame);  // the key of who has nothing to prove
  }
  void has(std::uint32_t offset) { sends(wire::encode(wire::Progress{offset}, frame), frame); }
  void ends(UpdateError error = UpdateError::none, std::string_view detail = "", bool starts_next = true) {
    wire::UploadResult result;
    result.error = error;
    result.starts_next = starts_next;
    result.image_sha256 = crypto::sha256(as_bytes("image"));
    result.detail = detail;
    sends(wire::encode(result, key, frame), frame);
  }
  void takes_everything() {
    answers(0);
    transfer.bytes_taken(clock.now());
    transfer.all_sent(clock.now());
  }
  void loses(UpdateError error = UpdateError::connection_lost) {
    transfer.connection_ended(clock.now(), error);
  }
  void wait(milliseconds duration) { pass_time(clock, transfer, duration); }

  [[nodiscard]] State state() const { return transfer.state(); }
  [[nodiscard]] UpdateError error() const {
    return transfer.finished() && transfer.end().failure ? transfer.end().failure->code : UpdateError::none;
  }
  [[nodiscard]] const cli::PushFailure& failure() const { return *transfer.end().failure; }
  [[nodiscard]] Remedy remedy() const { return transfer.end().remedy; }

  FakeClock clock;
  wire::Key key{};
  wire::FrameBytes frame{};
  ExtensionTransfer transfer;
};

TEST(ExtensionTransfer, OffersWhatThePlanSaysWithAMac) {
  Rig rig{true};
  wire::FrameBytes frame;
  const std::size_t size = rig.transfer.encode_offer(frame);
  const Bytes payload = Bytes{frame}.first(size).subspan(wire::frame_header_bytes);
  EXPECT_EQ(static_cast<wire::FrameType>(frame[0]), wire::FrameType::offer);
  EXPECT_TRUE(wire::mac_is_right(rig.key, wire::FrameType::offer, payload));
  const auto offer = wire::decode_offer(payload);
  ASSERT_TRUE(offer.ok());
  EXPECT_TRUE(offer.value().compressed);
  EXPECT_FALSE(offer.value().from_the_start);
  EXPECT_EQ(as_text(offer.value().trailer), tail);
}

TEST(ExtensionTransfer, Succeeds) {
  Rig rig;
  EXPECT_EQ(rig.transfer.stage(), Stage::authenticate);
  rig.answers(0);
  EXPECT_EQ(rig.state(), State::sending);
  EXPECT_EQ(rig.transfer.stage(), Stage::transfer);
  EXPECT_EQ(rig.transfer.offset(), 0U);
  rig.has(1000);
  EXPECT_EQ(rig.transfer.taken_bytes(), 1000U);
  rig.transfer.all_sent(rig.clock.now());
  EXPECT_EQ(rig.state(), State::awaiting_result);
  EXPECT_EQ(rig.transfer.stage(), Stage::verify);
  rig.has(4096);
  rig.ends();
  ASSERT_TRUE(rig.transfer.finished());
  EXPECT_FALSE(rig.transfer.end().failure);
  EXPECT_EQ(rig.transfer.end().proof, Proof::taken);
  EXPECT_EQ(rig.transfer.end().image_sha256, crypto::sha256(as_bytes("image")));
  EXPECT_EQ(rig.transfer.taken_bytes(), rig_image_bytes);
}

TEST(ExtensionTransfer, AnImageThatWaitsForItsBundleIsToldApart) {
  Rig rig;
  rig.takes_everything();
  rig.ends(UpdateError::none, "", false);
  EXPECT_EQ(rig.transfer.end().proof, Proof::waits);
}

TEST(ExtensionTransfer, GoesOnWhereTheDeviceStopped) {
  Rig rig;
  rig.answers(4096, "prefix");
  ASSERT_EQ(rig.state(), State::checking);
  EXPECT_EQ(rig.transfer.offset(), 4096U);
  rig.transfer.prefix_is(rig.clock.now(), crypto::sha256(as_bytes("prefix")));
  EXPECT_EQ(rig.state(), State::sending);
  EXPECT_EQ(rig.transfer.taken_bytes(), 4096U);
}

TEST(ExtensionTransfer, AnotherPrefixMeansFromTheStart) {
  Rig rig;
  rig.answers(4096, "another file");
  rig.transfer.prefix_is(rig.clock.now(), crypto::sha256(as_bytes("prefix")));
  EXPECT_EQ(rig.error(), UpdateError::sha256_mismatch);
  EXPECT_EQ(rig.remedy(), Remedy::from_the_start);
}

TEST(ExtensionTransfer, ADeviceThatHasAllIsSentNothing) {
  Rig rig;
  rig.answers(rig_image_bytes, "prefix");
  rig.transfer.prefix_is(rig.clock.now(), crypto::sha256(as_bytes("prefix")));
  rig.transfer.all_sent(rig.clock.now());
  rig.ends();
  EXPECT_EQ(rig.transfer.end().proof, Proof::taken);
}

TEST(ExtensionTransfer, AnOffsetBeyondTheFileCannotBe) {
  Rig rig;
  rig.answers(rig_image_bytes + 1);
  EXPECT_EQ(rig.error(), UpdateError::bad_message);
  EXPECT_EQ(rig.remedy(), Remedy::none);
}

TEST(ExtensionTransfer, FromTheStartIsFromTheStart) {
  Rig rig{false, true};
  rig.answers(1);
  EXPECT_EQ(rig.error(), UpdateError::bad_message);
}

TEST(ExtensionTransfer, TheRestOfAFileGoesUncompressed) {
  Rig rig{true};
  rig.answers(4096, "prefix");
  EXPECT_EQ(rig.remedy(), Remedy::uncompressed);
}

TEST(ExtensionTransfer, WrongPassword) {
  Rig rig;
  rig.refuses(UpdateError::wrong_password);
  ASSERT_EQ(rig.error(), UpdateError::wrong_password);
  EXPECT_EQ(rig.failure().stage, Stage::authenticate);
  EXPECT_EQ(rig.failure().message, "devding (192.168.1.20:8266) did not accept the password");
  EXPECT_EQ(rig.remedy(), Remedy::none);
}

TEST(ExtensionTransfer, RefusalsCarryTheDevicesWords) {
  Rig rig;
  rig.refuses(UpdateError::no_space, "9000 bytes, the slot holds 4096");
  ASSERT_EQ(rig.error(), UpdateError::no_space);
  EXPECT_EQ(rig.failure().device_says, "not enough space: 9000 bytes, the slot holds 4096");
  EXPECT_EQ(
      rig.failure().message,
      "devding (192.168.1.20:8266) refused the upload: not enough space: 9000 bytes, the slot holds 4096");
  EXPECT_EQ(rig.failure().advice, describe(UpdateError::no_space).advice);
}

TEST(ExtensionTransfer, AcceptedWithoutProofIsNotBelieved) {
  Rig rig;
  wire::Answer answer;
  wire::FrameBytes frame;
  rig.sends(wire::encode(answer, wire::Key{}, frame), frame);
  ASSERT_EQ(rig.error(), UpdateError::device_not_proven);
  EXPECT_EQ(rig.failure().stage, Stage::authenticate);
}

TEST(ExtensionTransfer, SuccessWithoutProofIsNotBelieved) {
  Rig rig;
  rig.takes_everything();
  wire::UploadResult result;
  wire::FrameBytes frame;
  rig.sends(wire::encode(result, wire::Key{}, frame), frame);
  EXPECT_EQ(rig.error(), UpdateError::device_not_proven);
  EXPECT_EQ(rig.transfer.end().proof, Proof::none);
}

TEST(ExtensionTransfer, AnyChangedByteOfAnAnswerCostsTheProof) {
  wire::FrameBytes frame;
  Rig maker;
  wire::Answer answer;
  answer.offset = 4096;
  const std::size_t size = wire::encode(answer, maker.key, frame);
  for (std::size_t at = wire::frame_header_bytes; at < size; ++at) {
    Rig rig;
    wire::FrameBytes changed = frame;
    changed[at] ^= 1;
    rig.sends(size, changed);
    EXPECT_NE(rig.error(), UpdateError::none) << at;
  }
}

TEST(ExtensionTransfer, RejectedAtTheEndOrInBetween) {
  for (const bool early : {false, true}) {
    Rig rig;
    rig.answers(0);
    if (!early) rig.transfer.all_sent(rig.clock.now());
    rig.ends(UpdateError::flash_write, "sector 3");
    ASSERT_EQ(rig.error(), UpdateError::flash_write);
    EXPECT_EQ(rig.failure().stage, Stage::verify);
    EXPECT_EQ(rig.failure().device_number, 1);
    EXPECT_EQ(rig.failure().message,
              "devding (192.168.1.20:8266) rejected the image: flash write failed: sector 3");
    EXPECT_EQ(rig.remedy(), Remedy::none);
  }
}

TEST(ExtensionTransfer, OkBeforeTheEndCannotBe) {
  Rig rig;
  rig.answers(0);
  rig.has(1000);
  rig.ends();
  ASSERT_EQ(rig.error(), UpdateError::bad_message);
  EXPECT_THAT(rig.failure().message, HasSubstr("OK after 1000 of 5000 bytes"));
}

TEST(ExtensionTransfer, ProgressThatCannotBe) {
  const std::vector<std::function<void(Rig&)>> lies{
      [](Rig& rig) { rig.has(10); },  // before any answer
      [](Rig& rig) { rig.answers(0), rig.has(rig_image_bytes + 1); },
      [](Rig& rig) { rig.answers(0), rig.has(2000), rig.has(1999); },
  };
  for (const auto& lie : lies) {
    Rig rig;
    lie(rig);
    EXPECT_EQ(rig.error(), UpdateError::bad_message);
  }
}

TEST(ExtensionTransfer, FramesOutOfTurn) {
  Rig second_answer;
  second_answer.answers(0);
  second_answer.answers(0);
  EXPECT_EQ(second_answer.error(), UpdateError::bad_message);

  Rig early_result;
  early_result.ends();
  EXPECT_EQ(early_result.error(), UpdateError::bad_message);

  Rig status;
  status.sends(wire::encode_status("name=devding\n", status.key, status.frame), status.frame);
  EXPECT_EQ(status.error(), UpdateError::bad_message);
}

TEST(ExtensionTransfer, PayloadsThatCannotBeRead) {
  for (const auto type : {wire::FrameType::answer, wire::FrameType::progress, wire::FrameType::result}) {
    Rig rig;
    if (type != wire::FrameType::answer) rig.answers(0);
    rig.transfer.frame(rig.clock.now(), type, as_bytes("short"));
    EXPECT_EQ(rig.error(), UpdateError::bad_message);
  }
}

TEST(ExtensionTransfer, ACutMayBeResumed) {
  Rig rig;
  rig.answers(0);
  rig.has(1234);
  rig.loses();
  ASSERT_EQ(rig.error(), UpdateError::connection_lost);
  EXPECT_EQ(rig.failure().stage, Stage::transfer);
  EXPECT_THAT(rig.failure().message, HasSubstr("1234 of 5000 bytes"));
  EXPECT_EQ(rig.remedy(), Remedy::resume);
}

TEST(ExtensionTransfer, ACutBeforeTheAnswerOrTheResultMayBeResumed) {
  Rig before;
  before.loses();
  EXPECT_EQ(before.error(), UpdateError::connection_lost);
  EXPECT_EQ(before.remedy(), Remedy::resume);
  Rig after;
  after.takes_everything();
  after.loses();
  EXPECT_EQ(after.error(), UpdateError::connection_lost);
  EXPECT_EQ(after.remedy(), Remedy::resume);
}

TEST(ExtensionTransfer, AFailedHandshakeAndNonsenseAreFinal) {
  Rig tls;
  tls.loses(UpdateError::tls_failed);
  EXPECT_EQ(tls.error(), UpdateError::tls_failed);
  EXPECT_EQ(tls.remedy(), Remedy::none);
  Rig nonsense;
  nonsense.loses(UpdateError::bad_message);
  EXPECT_EQ(nonsense.error(), UpdateError::bad_message);
  EXPECT_EQ(nonsense.remedy(), Remedy::none);
}

TEST(ExtensionTransfer, ADamagedRecordBehindTheHandshakeIsACut) {
  Rig rig;
  rig.takes_everything();
  rig.loses(UpdateError::tls_failed);
  EXPECT_EQ(rig.error(), UpdateError::tls_failed);
  EXPECT_EQ(rig.remedy(), Remedy::resume);
}

TEST(ExtensionTransfer, NoAnswerToTheOffer) {
  Rig rig;
  rig.wait(ExtensionTransfer::answer_timeout - milliseconds{1});
  EXPECT_EQ(rig.state(), State::offering);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::stalled);
  EXPECT_EQ(rig.failure().stage, Stage::authenticate);
}

TEST(ExtensionTransfer, StallsWhenNeitherSideMovesABytes) {
  Rig rig;
  rig.answers(0);
  rig.wait(milliseconds{9000});
  rig.transfer.bytes_taken(rig.clock.now());
  rig.wait(milliseconds{9000});
  rig.has(1000);
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::sending);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::stalled);
  EXPECT_THAT(rig.failure().message, HasSubstr("1000 of 5000 bytes"));
  EXPECT_EQ(rig.remedy(), Remedy::resume);
}

TEST(ExtensionTransfer, SilenceInsteadOfAResult) {
  Rig rig;
  rig.takes_everything();
  rig.has(rig_image_bytes);
  rig.wait(milliseconds{59999});
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_result);
  EXPECT_EQ(rig.failure().stage, Stage::verify);
  EXPECT_EQ(rig.remedy(), Remedy::none);
}

// Everything may lie in this computer's buffers while nobody is there any more.
TEST(ExtensionTransfer, StallsAlsoWhenAllHasBeenSent) {
  Rig rig;
  rig.takes_everything();
  rig.has(4999);
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::stalled);
  EXPECT_EQ(rig.remedy(), Remedy::resume);
}

TEST(ExtensionTransfer, NothingCountsAfterTheEnd) {
  Rig rig;
  rig.answers(0);
  rig.transfer.fail(cli::make_failure(UpdateError::file_unreadable, Stage::file, "app.bin"));
  rig.loses();
  rig.ends(UpdateError::flash_write);
  rig.wait(milliseconds{100000});
  EXPECT_EQ(rig.error(), UpdateError::file_unreadable);
}

}  // namespace
}  // namespace airlift::testing
