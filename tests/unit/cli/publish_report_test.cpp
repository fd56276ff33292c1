#include "publish_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace airlift::cli {
namespace {

using nlohmann::json;
using server::Plan;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

server::Image image_of(std::string_view version) {
  server::Image result;
  result.file.mark.size_bytes = 2048;
  if (version.empty()) return result;
  result.manifest = image::Manifest{};
  result.manifest->version = version;
  return result;
}

PublishReport report(Plan::Course course, Plan::Sibling sibling = Plan::Sibling::none) {
  PublishReport result;
  result.file = "app.bin";
  result.folder = "updates";
  result.channel = "beta";
  result.published = image_of("1.4");
  Plan plan;
  plan.board = "mini";
  plan.course = course;
  plan.sibling = sibling;
  plan.archive = "1.4-firmware-0123456789abcdef.bin";
  plan.present = std::make_shared<server::Image>(image_of("1.5"));
  result.plans.push_back(plan);
  return result;
}

TEST(PublishText, SaysWhatIsGivenNowAndInsteadOfWhat) {
  const std::string text = publish_text(report(Plan::Course::make_current, Plan::Sibling::written));
  EXPECT_THAT(text, StartsWith("updates/mini/beta/firmware.bin: 1.4, 2.0 KiB, instead of 1.5\n"));
  EXPECT_THAT(text, HasSubstr("kept as images/1.4-firmware-0123456789abcdef.bin"));
  EXPECT_THAT(text, HasSubstr(".gz"));
  EXPECT_THAT(text, HasSubstr("a plain web server gives it as /mini/beta/firmware.bin"));
}

TEST(PublishText, SaysWhatIsOnlyKept) {
  const std::string text = publish_text(report(Plan::Course::archive));
  EXPECT_THAT(text, StartsWith("updates/mini/beta/images/1.4-firmware-0123456789abcdef.bin: 1.4, 2.0 KiB; "
                               "firmware.bin stays 1.5\n"));
  EXPECT_THAT(text, HasSubstr("a plain web server does not"));
}

TEST(PublishText, SaysWhenThereWasNothingToDoAndWhenNothingWasDone) {
  PublishReport nothing = report(Plan::Course::nothing);
  EXPECT_THAT(publish_text(nothing), HasSubstr("is this image (1.4) already"));
  nothing.run = Run::dry;
  EXPECT_THAT(publish_text(nothing), StartsWith("dry run, nothing is written"));
}

TEST(PublishText, AFilesystemAndAnImageWithoutVersionAreCalledSo) {
  PublishReport files = report(Plan::Course::make_current);
  files.image.kind = image::Kind::filesystem;
  files.published = image_of("");
  files.plans[0].present.reset();
  const std::string text = publish_text(files);
  EXPECT_THAT(text, StartsWith("updates/mini/beta/filesystem.bin: without version, 2.0 KiB\n"));
  EXPECT_THAT(text, Not(HasSubstr("install")));
}

TEST(PublishJson, HasOneEntryForEachBoard) {
  const json told = json::parse(publish_json(report(Plan::Course::make_current, Plan::Sibling::removed)));
  EXPECT_EQ(told["version"], "1.4");
  EXPECT_EQ(told["dry_run"], false);
  const json board = told["boards"][0];
  EXPECT_EQ(board["did"], "made_current");
  EXPECT_EQ(board["gzip"], "removed");
  EXPECT_EQ(board["path"], "mini/beta/firmware.bin");
  EXPECT_EQ(board["archive"], "mini/beta/images/1.4-firmware-0123456789abcdef.bin");
  EXPECT_EQ(board["before"]["version"], "1.5");
}

TEST(Listing, IsATableOrAnObject) {
  const auto content = std::make_shared<server::Image>(image_of(""));
  content->file.mark.modified_ns = 1'700'000'000'000'000'000;
  content->current = true;
  const server::ListedImage image{"mini", "beta", "firmware.bin", content, true};
  const std::string text = listing_text("updates", {image});
  EXPECT_THAT(text, HasSubstr("mini   beta     firmware.bin (and .gz)  -        2.0 KiB  2023-11-14 22:13"));
  EXPECT_EQ(listing_text("updates", {}), "updates: no images\n");
  const json told = json::parse(listing_json("updates", {image}))["images"][0];
  EXPECT_TRUE(told["version"].is_null());
  EXPECT_EQ(told["current"], true);
  EXPECT_EQ(told["gzip"], true);
  EXPECT_EQ(told["time"], 1'700'000'000);
}

}  // namespace
}  // namespace airlift::cli
