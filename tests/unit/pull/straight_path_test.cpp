// A server as it should be: from the question to the restart.

#include <gtest/gtest.h>

#include "support/pull_rig.hpp"

namespace airlift::pull {
namespace {

using ::testing::Test;
using testing::test_image;

class StraightPath : public Test, protected testing::PullRig {
 protected:
  const std::string old_image{test_image(3000, 1)};
  const std::string new_image{test_image(5000, 2)};
  void SetUp() override {
    start_with(old_image);
    serve_file(new_image);
  }
};

TEST_F(StraightPath, InstallsAndRestarts) {
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(ranges(), (std::vector<std::string>{"bytes=-768", "whole"}));
  EXPECT_EQ(storage.staged_image(), new_image);
  EXPECT_EQ(system.reboots, 1);
  EXPECT_EQ(last_update().source.view(), "pull updates.example");
  EXPECT_EQ(last_update().result, boot::UpdateResult::installed);
  EXPECT_EQ(memory.record.etag.view(), "\"v1\"");
  EXPECT_EQ(memory.record.sha256, crypto::sha256(as_bytes(new_image)));
}

TEST_F(StraightPath, TakesTheBodyOfAServerThatIgnoresRanges) {
  file_server.knows_ranges = false;
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(http.asked.size(), 1U);
  EXPECT_EQ(storage.staged_image(), new_image);
  EXPECT_EQ(system.reboots, 1);
}

TEST_F(StraightPath, TakesItInPiecesOfAnySizeHoweverItsEndIsTold) {
  using End = testing::FakeHttpClient::End;
  for (const End end : {End::alone, End::with_last_bytes}) {
    http.end = end;
    for (const std::size_t piece : {1U, 7U, 768U, 1000U, 4999U, 5000U}) {
      http.piece_bytes = piece;
      EXPECT_EQ(check_to_the_end(), "installed ok") << piece;
      EXPECT_EQ(storage.staged_image(), new_image) << piece;
      memory.record = {};
      (void)storage.store.give_up_target(image::Kind::firmware);
    }
  }
}

}  // namespace
}  // namespace airlift::pull
