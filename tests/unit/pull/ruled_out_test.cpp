// What is known before a byte of the image is fetched: no second request goes out.

#include <gtest/gtest.h>

#include "support/pull_rig.hpp"

namespace airlift::pull {
namespace {

using testing::md5_hex;
using testing::sha256_hex;
using testing::signed_file;
using testing::test_image;
using testing::TestKey;

class RuledOut : public ::testing::Test, protected testing::PullRig {
 protected:
  const std::string old_image{test_image(3000, 1)};
  const std::string new_image{test_image(5000, 2)};
  const TestKey key{1};
  void SetUp() override { start_with(old_image); }

  [[nodiscard]] std::string file_with(const std::function<void(image::Manifest&)>& change) const {
    image::Manifest manifest = testing::manifest_of(new_image, "2.0");
    change(manifest);
    return signed_file(new_image, manifest, key);
  }
  /// By a server with ranges and by one without.
  void expect_ruled_out(const std::string& file, std::string_view last_result) {
    serve_file(file);
    for (const bool ranges : {true, false}) {
      http.asked.clear();
      http.most_read_bytes = 0;
      memory.record = {};
      file_server.knows_ranges = ranges;
      EXPECT_EQ(check(), last_result) << ranges;
      EXPECT_EQ(http.asked.size(), 1U) << ranges;
      EXPECT_LE(http.most_read_bytes, ranges ? 768U : file.size()) << ranges;
      EXPECT_EQ(storage.staged_image(), "") << ranges;
      EXPECT_EQ(system.reboots, 0) << ranges;
    }
    file_server.knows_ranges = true;
  }
  /// The image is installed, tried, and comes back.
  void fail_with(const std::string& image) {
    ASSERT_EQ(storage.upload(image), UpdateError::none);
    ASSERT_TRUE(storage.boot().ok());
    ASSERT_TRUE(storage.store.reject(UpdateError::application_crashed).ok());
    ASSERT_TRUE(storage.history.settle(storage.store.record()).ok());
  }
};

TEST_F(RuledOut, ByItsManifest) {
  expect_ruled_out(file_with([](image::Manifest& manifest) {
                     manifest.board_ids[0] = image::ManifestText{"other-board"};
                     manifest.board_count = 1;
                   }),
                   "ruled_out wrong_board");
  EXPECT_EQ(value("last.version"), "2.0");
  expect_ruled_out(file_with([](image::Manifest& manifest) { manifest.kind = image::Kind::filesystem; }),
                   "ruled_out wrong_kind");
  expect_ruled_out(
      file_with([](image::Manifest& manifest) { manifest.minimum_version = image::ManifestText{"1.0"}; }),
      "ruled_out version_too_old");
}

TEST_F(RuledOut, ByItsSize) {
  expect_ruled_out(test_image(testing::test_firmware_bytes + 769), "ruled_out no_space");
}

TEST_F(RuledOut, ByItsSizeBeforeAnythingIsRead) {
  serve_file(test_image(testing::test_firmware_bytes + 769));
  file_server.knows_ranges = false;
  EXPECT_EQ(check(), "ruled_out no_space");
  EXPECT_EQ(http.most_read_bytes, 0U);
}

TEST_F(RuledOut, ByItsSignature) {
  board.stop();
  keys.keys.emplace("key", key.public_key());
  set("ota", "keys", "key");
  ota.stop();
  ota.start(board, now);
  update.start(board, now);
  expect_ruled_out(signed_file(new_image, testing::manifest_of(new_image), TestKey{2}),
                   "ruled_out key_unknown");
  serve_file(new_image);
  EXPECT_EQ(check(), "ruled_out signature_missing");
  serve_file(signed_file(new_image, testing::manifest_of(new_image), key));
  EXPECT_EQ(check(), "installed ok");
}

TEST_F(RuledOut, ByADigestOfWhatRuns) {
  file_server.sha256 = sha256_hex(old_image);
  expect_ruled_out(new_image, "up_to_date ok");
  EXPECT_EQ(memory.record.etag.view(), "\"v1\"");
  EXPECT_EQ(memory.record.sha256, crypto::sha256(as_bytes(old_image)));
  file_server.sha256 = "";
  file_server.etag = "\"v2\"";
  file_server.md5 = md5_hex(old_image);
  expect_ruled_out(new_image, "up_to_date ok");
  EXPECT_EQ(memory.record.etag.view(), "\"v2\"");
}

TEST_F(RuledOut, ByTheDigestInTheManifest) {
  serve_file(signed_file(old_image, testing::manifest_of(old_image, "1.0"), key));
  EXPECT_EQ(check(), "up_to_date ok");
  EXPECT_EQ(http.asked.size(), 1U);
}

TEST_F(RuledOut, ByTheVersion) {
  const std::string with_version = test_image(2000, 6);
  image::Manifest manifest = testing::manifest_of(with_version, "1.5");
  ASSERT_EQ(storage.install(signed_file(with_version, manifest, key)), UpdateError::none);
  file_server.version = "1.5";
  expect_ruled_out(new_image, "up_to_date ok");
  EXPECT_EQ(value("last.version"), "1.5");
  file_server.sha256 = sha256_hex(new_image);
  serve_file(new_image);
  memory.record = {};
  EXPECT_EQ(check(), "installed ok");
}

TEST_F(RuledOut, BecauseItFailedBefore) {
  fail_with(new_image);
  file_server.sha256 = sha256_hex(new_image);
  expect_ruled_out(new_image, "ruled_out failed_before");
  file_server.sha256 = "";
  serve_file(signed_file(new_image, testing::manifest_of(new_image), key));
  http.asked.clear();
  EXPECT_EQ(check(), "ruled_out failed_before");
  EXPECT_EQ(http.asked.size(), 1U);
  EXPECT_EQ(memory.stores, 0);
}

// The server tells no digest, and its file has no manifest: it is found out at the end.
TEST_F(RuledOut, AtTheEndAtTheLatest) {
  serve_file(old_image);
  EXPECT_EQ(check(), "up_to_date ok");
  EXPECT_EQ(http.asked.size(), 2U);
  EXPECT_EQ(memory.record.sha256, crypto::sha256(as_bytes(old_image)));
  EXPECT_EQ(check(), "up_to_date ok");
  EXPECT_EQ(http.asked.size(), 3U);
  EXPECT_EQ(storage.history.recent().view().size(), 1U) << "nothing has failed";
  fail_with(new_image);
  const std::uint32_t failed = last_update().number;
  file_server.etag = "";
  serve_file(new_image);
  EXPECT_EQ(check(), "ruled_out failed_before");
  EXPECT_EQ(last_update().number, failed);
  EXPECT_EQ(system.reboots, 0);
  EXPECT_EQ(storage.staged_image(), "");
}

TEST_F(RuledOut, AtTheEndByTheManifestOfAServerWithoutRanges) {
  serve_file(signed_file(old_image, testing::manifest_of(old_image, "1.0"), key));
  file_server.knows_ranges = false;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, std::size_t{900}, std::size_t{1} << 20}) {
    http.piece_bytes = piece;
    memory.record = {};
    EXPECT_EQ(check_to_the_end(), "up_to_date ok") << piece;
    EXPECT_EQ(system.reboots, 0);
  }
}

TEST_F(RuledOut, BecauseItWaitsForTheOtherImageOfItsBundle) {
  const std::string file = file_with([](image::Manifest& manifest) { manifest.bundle_id = 7; });
  serve_file(file);
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(system.reboots, 0);
  memory.record = {};
  http.asked.clear();
  EXPECT_EQ(check(), "up_to_date ok");
  EXPECT_EQ(http.asked.size(), 1U);
  EXPECT_TRUE(memory.record.etag.empty());
}

TEST_F(RuledOut, IsNoFailureButWhatTheUpdaterFindsWrongIsToo) {
  std::string file = file_with([](image::Manifest&) {});
  file[10] ^= 1;
  serve_file(file);
  EXPECT_EQ(check(), "ruled_out manifest_mismatch");
  EXPECT_EQ(last_update().cause, UpdateError::manifest_mismatch);
  EXPECT_EQ(memory.stores, 0);
}

TEST_F(RuledOut, NotByFlashThatFails) {
  serve_file(new_image);
  for (const std::size_t nth : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
    storage.flash.fail_change(nth, testing::FakeFlash::Fault::refuse);
    EXPECT_EQ(check().substr(0, 13), "failed flash_") << nth;
  }
  EXPECT_EQ(check(), "installed ok");
}

}  // namespace
}  // namespace airlift::pull
