// What only the directory does: passwords, and the trial of a change.

#include "config_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>

#include "config_secrets.hpp"
#include "support/fake_system.hpp"
#include "support/temp_directory.hpp"

namespace airlift::device {
namespace {

using LastRun = ConfigFiles::LastRun;
using testing::read_file;

TEST(ConfigSecrets, HidesThePasswordAndNothingElse) {
  const std::string text = R"({
  "ota": { "0": { "port": 8266, "passwd": "a\"b\\", "note": "passwd" } },
  "passwd": { "passwd": { "PassWd" : 1234 } }, "x": {"y": {"passwd":null,"z":"\"passwd\": 1"}} })";
  EXPECT_EQ(hide_secrets(text), R"({
  "ota": { "0": { "port": 8266, "passwd": "********", "note": "passwd" } },
  "passwd": { "passwd": { "PassWd" : "********" } }, "x": {"y": {"passwd":"********","z":"\"passwd\": 1"}} })");
}

TEST(ConfigSecrets, HidesAPasswordWhoseNameIsWrittenWithEscapes) {
  EXPECT_EQ(hide_secrets(R"({"ota":{"0":{"p\u0061sswd":true}}})"),
            R"({"ota":{"0":{"p\u0061sswd":"********"}}})");
}

TEST(ConfigSecrets, LeavesATextWithoutPasswordAsItIs) {
  for (const std::string_view text :
       {"{}", R"({"a":{}})", R"({"a":{"b":{}}})", R"({"a":{"b":{"c":-1e5 } } })"}) {
    EXPECT_EQ(hide_secrets(text), text);
  }
}

TEST(ConfigSecrets, OfTheUpdateElementAreHiddenAndKept) {
  const std::string before =
      R"({"update":{"0":{"auth":"t0ken","proxy":"http://u:p@h:1","url":"http://h/@","passwd":"x"}},"ota":{"0":{"auth":"1"}}})";
  const std::string hidden = hide_secrets(before);
  EXPECT_EQ(
      hidden,
      R"({"update":{"0":{"auth":"********","proxy":"********","url":"http://h/@","passwd":"********"}},"ota":{"0":{"auth":"1"}}})");
  EXPECT_EQ(restore_secrets(hidden, before), before);
  EXPECT_EQ(restore_secrets(R"({"update":{"0":{"Proxy":"********"}}})", before),
            R"({"update":{"0":{"Proxy":"http://u:p@h:1"}}})");
  EXPECT_FALSE(restore_secrets(R"({"update":{"1":{"auth":"********"}}})", before));
  const std::string open = R"({"update":{"0":{"proxy":"http://h:1"}}})";
  EXPECT_EQ(hide_secrets(open), open);
}

TEST(ConfigSecrets, KeepsWhatComesBackHidden) {
  const std::string before = R"({"ota":{"0":{"passwd":"o\"ne"},"1":{"passwd":2}},"x":{"0":{"passwd":"x"}}})";
  EXPECT_EQ(restore_secrets(hide_secrets(before), before), before);
  EXPECT_EQ(restore_secrets(R"({"OTA":{"1":{"PASSWD":"********","port":1}}})", before),
            R"({"OTA":{"1":{"PASSWD":2,"port":1}}})");
  EXPECT_EQ(restore_secrets(R"({"ota":{"0":{"passwd":"new"}}})", before),
            R"({"ota":{"0":{"passwd":"new"}}})");
}

TEST(ConfigSecrets, TakesTheLaterOfTwo) {
  EXPECT_EQ(restore_secrets(R"({"a":{"0":{"passwd":"********"}}})",
                            R"({"a":{"0":{"passwd":"1","passwd":"2"}},"A":{"0":{"passwd":"3"}}})"),
            R"({"a":{"0":{"passwd":"3"}}})");
}

TEST(ConfigSecrets, KnowsNoPasswordOfAnElementThatHadNone) {
  const std::string text = R"({"ota":{"0":{"passwd":"********"}}})";
  for (const std::string_view before : {"{}", R"({"ota":{"1":{"passwd":"x"}}})",
                                        R"({"oto":{"0":{"passwd":"x"}}})", R"({"ota":{"0":{"p":"x"}}})"}) {
    EXPECT_FALSE(restore_secrets(text, before)) << before;
  }
}

class ConfigFilesTest : public ::testing::Test {
 protected:
  Status send(std::string_view name, std::string_view text) {
    if (const Status begun = files_->begin(name, static_cast<std::uint32_t>(text.size())); !begun.ok()) {
      return begun;
    }
    EXPECT_TRUE(files_->append(as_bytes(text)).ok());
    return files_->finish();
  }
  void restart(LastRun last_run) {
    files_.emplace(folder_.path(), log_);
    files_->begin_run(last_run);
  }
  [[nodiscard]] std::string text(std::string_view name) const { return read_file(folder_ / name); }
  [[nodiscard]] bool there(std::string_view name) const { return std::filesystem::exists(folder_ / name); }

  testing::TempDirectory folder_;
  testing::MemoryLog log_;
  std::optional<ConfigFiles> files_{std::in_place, folder_.path(), log_};
};

constexpr std::string_view first{R"({"a": {"0": {"n": 1}}})"};
constexpr std::string_view second{R"({"a": {"0": {"n": 2}}})"};
constexpr std::string_view third{R"({"a": {"0": {"n": 3}}})"};

TEST_F(ConfigFilesTest, ShowsNoPasswordAndKeepsItWhenItComesBackHidden) {
  folder_.write("env.json", R"({"ota":{"0":{"passwd":"secret"}}})");
  std::array<std::uint8_t, 100> piece{};
  const auto read = files_->read("env.json", 0, piece);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(as_text(Bytes{piece}.first(read.value())), R"({"ota":{"0":{"passwd":"********"}}})");
  ASSERT_TRUE(send("env.json", R"({"ota":{"0":{"passwd":"********","port":1}}})").ok());
  EXPECT_EQ(text("env.json"), R"({"ota":{"0":{"passwd":"secret","port":1}}})");
}

TEST_F(ConfigFilesTest, ShowsNothingOfAFileItDoesNotUnderstand) {
  folder_.write("env.json", R"({"ota":{"0":{"passwd":"secret")");
  std::array<std::uint8_t, 100> piece{};
  EXPECT_EQ(files_->read("env.json", 0, piece).error(), UpdateError::file_unreadable);
}

TEST_F(ConfigFilesTest, NamesThePlaceOfAProblem) {
  EXPECT_EQ(send("env.json", "{\n \"a\": [] }").error(), UpdateError::bad_configuration);
  EXPECT_NE(files_->problem().find("env.json"), std::string::npos);
  EXPECT_NE(files_->problem().find("list"), std::string::npos);
  EXPECT_EQ(send("env.json", R"({"ota":{"0":{"passwd":"********"}}})").error(),
            UpdateError::bad_configuration);
  EXPECT_NE(files_->problem().find("password"), std::string::npos);
  EXPECT_FALSE(there("env.json"));
}

TEST_F(ConfigFilesTest, WritesForTheOwnerOnly) {
  folder_.write("env.json", first);
  ASSERT_TRUE(send("env.json", second).ok());
  for (const char* name : {"env.json", "env.json.previous"}) {
    struct stat found {};
    ASSERT_EQ(stat((folder_ / name).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U) << name;
  }
}

TEST_F(ConfigFilesTest, OldVersionGoesWhenTheDeviceRanWellWithTheNewOne) {
  folder_.write("env.json", first);
  ASSERT_TRUE(send("env.json", second).ok());
  EXPECT_EQ(text("env.json.previous"), first);
  restart(LastRun::good);
  EXPECT_EQ(text("env.json"), second);
  files_->ran_well();
  EXPECT_FALSE(there("env.json.previous"));
  restart(LastRun::bad);
  EXPECT_EQ(text("env.json"), second);
}

TEST_F(ConfigFilesTest, OldVersionComesBackWhenTheRunWithTheNewOneWasBad) {
  folder_.write("env.json", first);
  ASSERT_TRUE(send("env.json", second).ok());
  restart(LastRun::good);
  restart(LastRun::bad);
  EXPECT_EQ(text("env.json"), first);
  EXPECT_FALSE(there("env.json.previous"));
  EXPECT_TRUE(log_.contains("env.json: the device did not run well"));
}

TEST_F(ConfigFilesTest, OldVersionsComeBackWhenAFileCannotBeUnderstood) {
  folder_.write("env.json", first);
  folder_.write("config.json", first);
  ASSERT_TRUE(send("env.json", second).ok());
  folder_.write("config.json", "{");
  restart(LastRun::good);
  EXPECT_EQ(text("env.json"), first);
  EXPECT_EQ(text("config.json"), "{");  // nobody has an older one
}

TEST_F(ConfigFilesTest, RunThatWasGoingOnProvesNothingOfAChange) {
  folder_.write("env.json", first);
  restart(LastRun::good);
  ASSERT_TRUE(send("env.json", second).ok());
  files_->ran_well();
  EXPECT_EQ(text("env.json.previous"), first);
}

TEST_F(ConfigFilesTest, SecondChangeKeepsTheVersionThatIsKnownToRun) {
  folder_.write("env.json", first);
  ASSERT_TRUE(send("env.json", second).ok());
  restart(LastRun::good);
  ASSERT_TRUE(send("env.json", third).ok());
  files_->ran_well();  // with the second one, but that is gone
  EXPECT_EQ(text("env.json.previous"), first);
  restart(LastRun::bad);
  EXPECT_EQ(text("env.json"), first);
}

TEST_F(ConfigFilesTest, RemovedFileComesBackAndANewOneGoes) {
  folder_.write("env.json", first);
  ASSERT_TRUE(files_->remove("env.json").ok());
  ASSERT_TRUE(send("config.json", second).ok());
  EXPECT_FALSE(there("env.json"));
  restart(LastRun::bad);
  EXPECT_EQ(text("env.json"), first);
  EXPECT_FALSE(there("config.json"));
  EXPECT_FALSE(there("config.json.previous"));
}

TEST_F(ConfigFilesTest, SaysWhatADirectoryDoesNotAllow) {
  ConfigFiles files{folder_ / "missing", log_};
  EXPECT_EQ(files.begin("env.json", 1).error(), UpdateError::storage_failed);
  EXPECT_TRUE(log_.contains("missing: No such file"));
}

}  // namespace
}  // namespace airlift::device
