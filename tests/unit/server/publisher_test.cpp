#include "airlift_server/publisher.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <vector>

#include "airlift_server/image_reading.hpp"
#include "airlift_server/publish_error.hpp"
#include "support/signing.hpp"
#include "support/temp_directory.hpp"

namespace airlift::server {
namespace {

namespace fs = std::filesystem;
using airlift::testing::read_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Course = Plan::Course;
using Sibling = Plan::Sibling;

constexpr std::int64_t now_s{1'700'000'000};

Source giving(std::string text) {
  return [text](const Sink& sink) { sink(as_bytes(text)); };
}

/// The content ends with the version, so that images of different versions differ and are equally long.
struct TestImage {
  explicit TestImage(std::string_view version, image::Kind kind = image::Kind::firmware) {
    image::Manifest manifest = testing::manifest_of(payload_of(version), version);
    manifest.kind = kind;
    content = testing::signed_file(payload_of(version), manifest, testing::TestKey{1});
    image.image.file.digests.sha256 = crypto::sha256(as_bytes(content));
    image.image.manifest = manifest;
    image.image.kind = kind;
    written_at(now_s);
    image.file = giving(content);
  }
  void written_at(std::int64_t time_s) { image.image.file.mark.modified_ns = time_s * 1'000'000'000; }
  TestImage& compressed(std::string_view text) {
    image.gzip = giving(std::string{text});
    return *this;
  }
  static std::string payload_of(std::string_view version) { return "payload " + std::string{version}; }

  std::string content;
  NewImage image;
};

mode_t mode_of(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

std::int64_t time_of(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? info.st_mtime : 0;
}

class PublisherTest : public ::testing::Test {
 protected:
  Plan publish(const TestImage& image, IfOlder if_older = IfOlder::refused) {
    Publisher publisher{root_, "stable"};
    EXPECT_TRUE(publisher.lock(Publisher::Wait::no));
    const Plan plan = publisher.plan("mini", image.image, if_older);
    publisher.carry_out(plan, image.image);
    return plan;
  }

  PublishError error_of(const TestImage& image) {
    try {
      static_cast<void>(publish(image));
    } catch (const PublishError& error) {
      return error;
    }
    return {};
  }

  [[nodiscard]] std::string given() const { return read_file(channel_ + "/firmware.bin"); }

  /// All names in the channel and its images.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator{channel_})
      if (!entry.is_directory()) names.push_back(fs::relative(entry.path(), channel_));
    std::sort(names.begin(), names.end());
    return names;
  }

  testing::TempDirectory directory_;
  std::string root_{directory_ / "updates"};
  std::string channel_{root_ + "/mini/stable"};
};

TEST_F(PublisherTest, TheFirstImageIsGivenAndKept) {
  const TestImage image{"1.0"};
  const Plan plan = publish(image);
  EXPECT_EQ(plan.course, Course::make_current);
  EXPECT_FALSE(plan.present);
  EXPECT_EQ(given(), image.content);
  EXPECT_THAT(names(), ElementsAre("firmware.bin", "images/" + plan.archive));
  EXPECT_EQ(read_file(channel_ + "/images/" + plan.archive), image.content);
}

TEST_F(PublisherTest, AWebServerMayReadItWhateverTheUmaskSays) {
  const mode_t umask_before = umask(0077);
  const Plan plan = publish(TestImage{"1.0"}.compressed("gz"));
  umask(umask_before);
  for (const std::string& folder : {root_, root_ + "/mini", channel_, channel_ + "/images"})
    EXPECT_EQ(mode_of(folder), 0755U) << folder;
  for (const std::string& file :
       {std::string{"firmware.bin"}, std::string{"firmware.bin.gz"}, "images/" + plan.archive})
    EXPECT_EQ(mode_of(channel_ + "/" + file), 0644U) << file;
}

TEST_F(PublisherTest, FoldersThatAreThereKeepTheirModeAndNewOnesTheGroupsBit) {
  fs::create_directory(root_);
  ASSERT_EQ(chmod(root_.c_str(), 02750), 0);
  static_cast<void>(publish(TestImage{"1.0"}));
  EXPECT_EQ(mode_of(root_), 02750U);
  EXPECT_EQ(mode_of(channel_), 02755U);
}

TEST_F(PublisherTest, TheSameImageAgainChangesNothing) {
  static_cast<void>(publish(TestImage{"1.0"}));
  const auto before = names();
  const std::int64_t time = time_of(channel_ + "/firmware.bin");
  TestImage again{"1.0"};
  again.written_at(now_s + 100);
  EXPECT_EQ(publish(again).course, Course::nothing);
  EXPECT_EQ(names(), before);
  EXPECT_EQ(time_of(channel_ + "/firmware.bin"), time);
}

TEST_F(PublisherTest, TheSameImageAgainBringsBackWhatWasTakenAway) {
  const Plan first = publish(TestImage{"1.0"});
  fs::remove(channel_ + "/images/" + first.archive);
  const Plan again = publish(TestImage{"1.0"}.compressed("gz"));
  EXPECT_EQ(again.course, Course::nothing);
  EXPECT_EQ(again.sibling, Sibling::written);
  EXPECT_THAT(names(), ElementsAre("firmware.bin", "firmware.bin.gz", "images/" + first.archive));
  EXPECT_EQ(publish(TestImage{"1.0"}.compressed("gz")).sibling, Sibling::kept);
  EXPECT_EQ(publish(TestImage{"1.0"}).sibling, Sibling::kept);
}

TEST_F(PublisherTest, ANewerImageReplacesTheOneBefore) {
  const Plan first = publish(TestImage{"1.0"});
  const TestImage image{"1.1"};
  const Plan plan = publish(image);
  EXPECT_EQ(plan.present->version(), "1.0");
  EXPECT_EQ(given(), image.content);
  EXPECT_THAT(names(), ElementsAre("firmware.bin", "images/" + first.archive, "images/" + plan.archive));
}

TEST_F(PublisherTest, EachImageHasASecondOfItsOwn) {
  // Else nginx, whose ETag is time and size, would give two images the same one.
  static_cast<void>(publish(TestImage{"1.0"}));
  EXPECT_EQ(time_of(channel_ + "/firmware.bin"), now_s);
  static_cast<void>(publish(TestImage{"1.1"}));
  EXPECT_EQ(time_of(channel_ + "/firmware.bin"), now_s + 1);
  TestImage later{"1.2"};
  later.written_at(now_s + 10);
  static_cast<void>(publish(later));
  EXPECT_EQ(time_of(channel_ + "/firmware.bin"), now_s + 10);
}

TEST_F(PublisherTest, WithoutVersionsTheOnePublishedLaterIsTheNewerOne) {
  for (const char* content : {"one", "two", "three"}) {  // in the same second
    TestImage image{content};
    image.content = content;
    image.image.image.manifest.reset();
    image.image.image.file.digests.sha256 = crypto::sha256(as_bytes(image.content));
    image.image.file = giving(content);
    EXPECT_EQ(publish(image).course, Course::make_current) << content;
  }
  EXPECT_EQ(time_of(channel_ + "/firmware.bin"), now_s + 2);
}

TEST_F(PublisherTest, ADamagedImageIsReplacedAndItsTimeCounts) {
  static_cast<void>(publish(TestImage{"1.0"}));
  const std::string whole = given();
  for (const std::string& damaged :
       {std::string{}, whole.substr(1), "q" + whole.substr(1), whole.substr(0, 9)}) {
    std::ofstream{channel_ + "/firmware.bin"} << damaged;
    fs::last_write_time(
        channel_ + "/firmware.bin",
        fs::file_time_type::clock::from_sys(std::chrono::sys_seconds{std::chrono::seconds{now_s}}));
    EXPECT_EQ(publish(TestImage{"1.0"}).course, Course::make_current);
    EXPECT_EQ(given(), whole);
    EXPECT_EQ(time_of(channel_ + "/firmware.bin"), now_s + 1);
  }
}

TEST_F(PublisherTest, WhatIsLargerThanServedImagesIsReplacedToo) {
  static_cast<void>(publish(TestImage{"1.0"}));
  fs::resize_file(channel_ + "/firmware.bin", longest_image_bytes + 1);  // sparse
  EXPECT_EQ(publish(TestImage{"1.0"}).present->file.mark.size_bytes, longest_image_bytes + 1);
}

TEST_F(PublisherTest, AnOlderImageIsRefused) {
  const TestImage newer{"1.1"};
  static_cast<void>(publish(newer));
  const auto before = names();
  const PublishError error = error_of(TestImage{"1.0"});
  EXPECT_EQ(error.code, UpdateError::refused);
  EXPECT_THAT(error.message, HasSubstr("1.0 is older than what mini/stable gives, which is 1.1"));
  EXPECT_EQ(given(), newer.content);
  EXPECT_EQ(names(), before);
}

TEST_F(PublisherTest, AnOlderImageIsKeptWhenThatIsWanted) {
  const TestImage newer{"1.1"};
  const Plan first = publish(newer);
  const Plan plan = publish(TestImage{"1.0"}.compressed("gz"), IfOlder::archived);
  EXPECT_EQ(plan.course, Course::archive);
  EXPECT_EQ(given(), newer.content);
  EXPECT_THAT(names(), ElementsAre("firmware.bin", "images/" + plan.archive, "images/" + first.archive));
}

TEST_F(PublisherTest, AChannelGoesBackWhenThatIsWanted) {
  static_cast<void>(publish(TestImage{"1.1"}));
  const TestImage older{"1.0"};
  EXPECT_EQ(publish(older, IfOlder::made_current).course, Course::make_current);
  EXPECT_EQ(given(), older.content);
  // What is given is what counts: forward again without being asked for it.
  const TestImage newer{"1.1"};
  const Plan forward = publish(newer);
  EXPECT_TRUE(forward.archived_already);
  EXPECT_EQ(given(), newer.content);
}

TEST_F(PublisherTest, FirmwareAndFilesystemDoNotMeet) {
  static_cast<void>(publish(TestImage{"2.0"}));
  const TestImage files{"1.0", image::Kind::filesystem};
  EXPECT_EQ(publish(files).course, Course::make_current);
  EXPECT_EQ(read_file(channel_ + "/filesystem.bin"), files.content);
  EXPECT_EQ(given(), TestImage{"2.0"}.content);
}

TEST_F(PublisherTest, ASiblingIsOfTheSameSecondAsItsImage) {
  EXPECT_EQ(publish(TestImage{"1.0"}.compressed("first")).sibling, Sibling::written);
  EXPECT_EQ(read_file(channel_ + "/firmware.bin.gz"), "first");
  EXPECT_EQ(publish(TestImage{"1.1"}.compressed("second")).sibling, Sibling::written);
  EXPECT_EQ(read_file(channel_ + "/firmware.bin.gz"), "second");
  EXPECT_EQ(time_of(channel_ + "/firmware.bin.gz"), time_of(channel_ + "/firmware.bin"));
}

TEST_F(PublisherTest, ASiblingOfAnotherSecondIsWrittenAnew) {
  static_cast<void>(publish(TestImage{"1.0"}.compressed("gz")));
  std::ofstream{channel_ + "/firmware.bin.gz"} << "somebody's";  // now
  EXPECT_EQ(publish(TestImage{"1.0"}.compressed("gz")).sibling, Sibling::written);
  EXPECT_EQ(read_file(channel_ + "/firmware.bin.gz"), "gz");
}

TEST_F(PublisherTest, ASiblingOfTheImageBeforeIsTakenAway) {
  static_cast<void>(publish(TestImage{"1.0"}.compressed("first")));
  EXPECT_EQ(publish(TestImage{"1.1"}).sibling, Sibling::removed);
  EXPECT_FALSE(fs::exists(channel_ + "/firmware.bin.gz"));
}

/// What became of names without a leading dot in a folder, in order: "-name" gone, "+name" there.
class Changes {
 public:
  explicit Changes(const std::string& folder) : fd_{inotify_init1(IN_CLOEXEC | IN_NONBLOCK)} {
    EXPECT_GE(inotify_add_watch(fd_.get(), folder.c_str(), IN_DELETE | IN_MOVED_TO | IN_CREATE | IN_MODIFY),
              0);
  }
  [[nodiscard]] std::vector<std::string> read() const {
    alignas(inotify_event) std::array<char, 65536> buffer{};
    const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
    std::vector<std::string> changes;
    for (ssize_t at{0}; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      if (event->name[0] != '.')
        changes.push_back(((event->mask & IN_DELETE) != 0 ? "-" : "+") + std::string{event->name});
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    }
    return changes;
  }

 private:
  posix::UniqueFd fd_;
};

TEST_F(PublisherTest, AnOldSiblingNeverStandsBesideANewImage) {
  static_cast<void>(publish(TestImage{"1.0"}.compressed("first")));
  const Changes channel{channel_};
  const Changes images{channel_ + "/images"};
  const Plan plan = publish(TestImage{"1.1"}.compressed("second"));
  EXPECT_THAT(channel.read(), ElementsAre("-firmware.bin.gz", "+firmware.bin", "+firmware.bin.gz"));
  EXPECT_THAT(images.read(), ElementsAre("+" + plan.archive));
}

TEST_F(PublisherTest, WhatFailsWhileItIsWrittenLeavesAllAsItWas) {
  const TestImage first = TestImage{"1.0"}.compressed("first");
  static_cast<void>(publish(first));
  const auto before = names();
  TestImage image{"1.1"};
  image.image.gzip = [](const Sink& sink) {
    sink(as_bytes("half"));
    throw PublishError{UpdateError::storage_failed, "no room", ""};
  };
  EXPECT_EQ(error_of(image).message, "no room");
  EXPECT_EQ(names(), before);
  EXPECT_EQ(given(), first.content);
  EXPECT_EQ(read_file(channel_ + "/firmware.bin.gz"), "first");
}

TEST_F(PublisherTest, AnImageThatChangesMeanwhileIsNotPublished) {
  static_cast<void>(publish(TestImage{"1.0"}));
  const auto before = names();
  TestImage image{"1.1"};
  image.image.file = giving("something else");
  EXPECT_EQ(error_of(image).code, UpdateError::sha256_mismatch);
  EXPECT_EQ(names(), before);
}

TEST_F(PublisherTest, WhatAKilledPublisherLeftIsTakenAway) {
  static_cast<void>(publish(TestImage{"1.0"}));
  for (const char* left : {"/.firmware.bin.12345678.part", "/images/.1.0.bin.12345678.part"})
    std::ofstream{channel_ + left} << "half";
  std::ofstream{channel_ + "/.htaccess"} << "mine";
  const Plan plan = publish(TestImage{"1.1"});
  EXPECT_THAT(names(), ElementsAre(".htaccess", "firmware.bin", ::testing::_, "images/" + plan.archive));
}

TEST_F(PublisherTest, SymbolicLinksAreNotFollowed) {
  const std::string outside = directory_ / "outside";
  fs::create_directories(outside);
  fs::create_directories(channel_);
  const auto expect_refused = [&](const std::string& link, const std::string& target) {
    fs::remove_all(link);
    fs::create_symlink(target, link);
    const PublishError error = error_of(TestImage{"1.0"});
    EXPECT_EQ(error.code, UpdateError::storage_failed) << link;
    EXPECT_EQ(error.message, link + ": a symbolic link");
    EXPECT_TRUE(fs::is_empty(outside)) << link;
  };
  expect_refused(channel_ + "/firmware.bin", outside + "/file");
  expect_refused(channel_ + "/images", outside);
  expect_refused(channel_, outside);
  expect_refused(root_ + "/mini", outside);
}

TEST_F(PublisherTest, TheFolderItselfMayBeALink) {
  fs::create_directory(directory_ / "real");
  fs::create_symlink(directory_ / "real", root_);
  static_cast<void>(publish(TestImage{"1.0"}));
  EXPECT_TRUE(fs::exists(directory_ / "real/mini/stable/firmware.bin"));
}

TEST_F(PublisherTest, APipeInPlaceOfAnImageHoldsNobody) {
  fs::create_directories(channel_);
  ASSERT_EQ(mkfifo((channel_ + "/firmware.bin").c_str(), 0600), 0);
  EXPECT_THAT(error_of(TestImage{"1.0"}).message, HasSubstr("not a regular file"));
}

TEST_F(PublisherTest, APlanChangesNothing) {
  const Publisher publisher{root_, "stable"};
  EXPECT_EQ(publisher.plan("mini", TestImage{"1.0"}.image, IfOlder::refused).course, Course::make_current);
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(PublisherTest, OnePublisherAtATime) {
  std::optional<Publisher> first{std::in_place, root_, "stable"};
  Publisher second{root_, "beta"};
  EXPECT_TRUE(first->lock(Publisher::Wait::no));
  EXPECT_FALSE(second.lock(Publisher::Wait::no));
  first.reset();
  EXPECT_TRUE(second.lock(Publisher::Wait::no));
}

}  // namespace
}  // namespace airlift::server
