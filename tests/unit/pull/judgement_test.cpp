#include "airlift/pull/judgement.hpp"

#include <gtest/gtest.h>

#include "support/signing.hpp"
#include "support/slots.hpp"

namespace airlift::pull {
namespace {

using boot::UpdateResult;
using testing::TestKey;

crypto::Sha256Digest digest(std::uint8_t fill) {
  crypto::Sha256Digest all{};
  all.fill(fill);
  return all;
}

class Judge : public ::testing::Test {
 protected:
  void SetUp() override {
    known.running = digest(1);
    known.md5.emplace().fill(1);
    known.version = "1.0";
  }
  void note(std::uint8_t fill, UpdateResult result, UpdateError cause = UpdateError::not_confirmed) {
    boot::HistoryEntry& entry = updates.entries[updates.count++];
    entry.to = boot::prefix_of(digest(fill));
    entry.result = result;
    entry.cause = cause;
  }
  [[nodiscard]] Judgement judged() const { return judge(offer, manifest, known, updates); }
  /// What the manifest says of the image.
  void with_manifest(std::uint8_t fill) { manifest.emplace().image_sha256 = digest(fill); }

  Offer offer;
  std::optional<image::Manifest> manifest;
  Known known;
  boot::RecentUpdates updates;
};

TEST_F(Judge, KnowsWhatRuns) {
  EXPECT_EQ(judged(), Judgement::worth_having);
  offer.sha256 = digest(1);
  EXPECT_EQ(judged(), Judgement::up_to_date);
  offer.sha256 = digest(2);
  EXPECT_EQ(judged(), Judgement::worth_having);
  with_manifest(1);
  EXPECT_EQ(judged(), Judgement::up_to_date);
  manifest.reset();
  offer.md5 = known.md5;
  EXPECT_EQ(judged(), Judgement::up_to_date);
  known.md5.reset();
  EXPECT_EQ(judged(), Judgement::worth_having);
}

TEST_F(Judge, ADeviceWithoutImageHasNone) {
  known = {};
  offer.sha256 = digest(0);
  EXPECT_EQ(judged(), Judgement::worth_having);
}

TEST_F(Judge, TheVersionCountsOnlyWithoutADigest) {
  offer.version = image::VersionText{"1.0"};
  EXPECT_EQ(judged(), Judgement::up_to_date);
  offer.sha256 = digest(2);
  EXPECT_EQ(judged(), Judgement::worth_having);
  offer.sha256.reset();
  offer.md5.emplace().fill(2);
  EXPECT_EQ(judged(), Judgement::worth_having);
  offer.md5.reset();
  with_manifest(2);
  EXPECT_EQ(judged(), Judgement::worth_having);
  manifest.reset();
  offer.version = image::VersionText{"1.0.1"};
  EXPECT_EQ(judged(), Judgement::worth_having);
  offer.version = image::VersionText{""};
  known.version = "";
  EXPECT_EQ(judged(), Judgement::worth_having);
}

TEST_F(Judge, KnowsWhatFailed) {
  note(2, UpdateResult::rolled_back);
  EXPECT_EQ(judged(), Judgement::worth_having);
  offer.sha256 = digest(2);
  EXPECT_EQ(judged(), Judgement::failed_before);
  offer.sha256 = digest(3);
  with_manifest(2);
  EXPECT_EQ(judged(), Judgement::failed_before);
}

TEST_F(Judge, WhatRunsCountsBeforeWhatFailed) {
  note(1, UpdateResult::rolled_back);
  offer.sha256 = digest(1);
  EXPECT_EQ(judged(), Judgement::up_to_date);
}

TEST_F(Judge, TheNewestEntryCounts) {
  note(2, UpdateResult::confirmed);
  note(2, UpdateResult::rolled_back);
  offer.sha256 = digest(2);
  EXPECT_EQ(judged(), Judgement::worth_having);
}

TEST_F(Judge, OtherEntriesAreNoFailures) {
  note(2, UpdateResult::failed);
  note(3, UpdateResult::installed);
  note(4, UpdateResult::rolled_back, UpdateError::cancelled);
  note(5, UpdateResult::rolled_back);
  updates.entries[3].kind = image::Kind::filesystem;
  for (const int fill : {2, 3, 4, 5}) {
    offer.sha256 = digest(static_cast<std::uint8_t>(fill));
    EXPECT_EQ(judged(), Judgement::worth_having) << fill;
  }
}

TEST_F(Judge, KnowsWhatWaitsForTheRestOfItsBundle) {
  known.waiting = digest(2);
  offer.sha256 = digest(2);
  EXPECT_EQ(judged(), Judgement::waits_already);
  offer.sha256.reset();
  with_manifest(2);
  EXPECT_EQ(judged(), Judgement::waits_already);
  known.waiting = {};
  EXPECT_EQ(judged(), Judgement::worth_having);
}

TEST(ManifestIn, IsFoundInTheLastBytes) {
  const std::string payload = testing::test_image(3000);
  const std::string file = testing::signed_file(payload, testing::manifest_of(payload, "2.0"), TestKey{1});
  const std::string tail = file.substr(file.size() - 768);
  const auto size = static_cast<std::uint32_t>(file.size());
  ASSERT_TRUE(manifest_in(as_bytes(tail), size));
  EXPECT_EQ(manifest_in(as_bytes(tail), size)->version.view(), "2.0");
  EXPECT_FALSE(manifest_in(as_bytes(payload).first(768), 3000));
  EXPECT_FALSE(manifest_in({}, 3000));
  std::string damaged = tail;
  damaged[damaged.size() - 14] ^= 1;  // the manifest's size
  EXPECT_FALSE(manifest_in(as_bytes(damaged), size));
}

}  // namespace
}  // namespace airlift::pull
