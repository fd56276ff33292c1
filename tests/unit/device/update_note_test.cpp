// What is noted of a device's update element; whole devices are in tests/integration/test_pull.py.

#include "update_note.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "support/pull_rig.hpp"
#include "support/temp_directory.hpp"

namespace airlift::device {
namespace {

using testing::HttpAsked;
using testing::HttpGiven;

TEST(UpdateNote, ComesBackAsItWasWritten) {
  const testing::TempDirectory folder;
  UpdateNote note;
  note.set("host", "a \"b\" \xFF");
  note.set("checks", 4294967296U);
  note.write(folder.path());
  const auto read = UpdateNote::read(folder.path());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text("host"), "a \"b\" \xEF\xBF\xBD");
  EXPECT_EQ(read->number("checks"), 4294967296U);
  EXPECT_EQ(read->text("nothing"), "");
  EXPECT_EQ(read->number("host"), 0U);
  struct stat facts {};
  ASSERT_EQ(::stat((folder / "update").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(UpdateNote, IsNotThereWhenItCannotBeRead) {
  const testing::TempDirectory folder;
  EXPECT_FALSE(UpdateNote::read(folder.path()));
  for (const char* text : {"", "{", "[]", "1"}) {
    (void)folder.write("update", text);
    EXPECT_FALSE(UpdateNote::read(folder.path())) << text;
  }
  (void)folder.write("update", R"({"checks": 7, "asked": "8"})");
  EXPECT_EQ(UpdateNote::read(folder.path())->number("checks"), 0U);
  EXPECT_EQ(UpdateNote::read(folder.path())->number("asked"), 8U);
}

/// A run of a device with a rig's element, noted in a folder that may outlive it.
struct NotedRig : testing::PullRig {
  explicit NotedRig(const testing::TempDirectory& folder)
      : path{folder.path()}, keeper{folder.path(), update, calendar} {
    serve([](const HttpAsked&) {
      HttpGiven none;
      none.status = 404;
      return none;
    });
  }
  UpdateNote look() {
    keeper.look(now);
    return UpdateNote::read(path).value_or(UpdateNote{});
  }

  std::string path;
  UpdateNoteKeeper keeper;
};

TEST(UpdateNoteKeeper, TellsWhatTheElementShows) {
  const testing::TempDirectory folder;
  NotedRig rig{folder};
  rig.start_with("running image");
  rig.keeper.begin();
  const UpdateNote first = rig.look();
  EXPECT_EQ(first.text("state"), "waiting");
  EXPECT_EQ(first.text("host"), "updates.example");
  EXPECT_EQ(first.text("next"), "");
  EXPECT_GE(first.number("next.time"), rig.calendar.time_s);
  EXPECT_LE(first.number("next.time"), rig.calendar.time_s + 3600);
  EXPECT_EQ(first.number("starts"), 1U);
  EXPECT_EQ(first.number("checks"), 0U);
  EXPECT_EQ(first.text("last"), "");
  rig.keeper.asked(rig.update.check_now());
  rig.run();
  const UpdateNote second = rig.look();
  EXPECT_EQ(second.number("asked"), 1U);
  EXPECT_EQ(second.text("refused"), "");
  EXPECT_EQ(second.number("checks"), 1U);
  EXPECT_EQ(second.text("last"), "failed not_offered");
}

TEST(UpdateNoteKeeper, GoesOnWhereTheRunBeforeHasEnded) {
  const testing::TempDirectory folder;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    NotedRig rig{folder};
    rig.start_with("running image");
    rig.keeper.begin();
    const UpdateNote first = rig.look();
    EXPECT_EQ(first.number("starts"), number);
    EXPECT_EQ(first.number("checks"), number - 1);
    EXPECT_EQ(first.text("last"), number == 1 ? "" : "failed not_offered");
    rig.keeper.asked(rig.update.check_now());
    rig.run();
    const UpdateNote second = rig.look();
    EXPECT_EQ(second.number("checks"), number);
    EXPECT_EQ(second.number("asked"), number);
  }
}

TEST(UpdateNoteKeeper, TellsWhyItIsRefused) {
  const testing::TempDirectory folder;
  NotedRig rig{folder};
  rig.set("update", "url", "no address");
  rig.start_with("running image");
  rig.keeper.begin();
  rig.keeper.asked(rig.update.check_now());
  EXPECT_EQ(rig.look().text("refused"), "bad_configuration");
}

TEST(UpdateNoteKeeper, WritesOnlyWhatHasChanged) {
  const testing::TempDirectory folder;
  NotedRig rig{folder};
  rig.start_with("running image");
  rig.keeper.begin();
  (void)rig.look();
  std::filesystem::remove(folder / "update");
  rig.calendar.time_s += 1;  // the time of the next check moves by what it is rounded
  (void)rig.look();
  EXPECT_FALSE(std::filesystem::exists(folder / "update"));
  rig.calendar.time_s += 100;
  EXPECT_GE(rig.look().number("next.time"), rig.calendar.time_s);
}

TEST(UpdateNoteKeeper, NotesProgressOnceASecond) {
  const testing::TempDirectory folder;
  NotedRig rig{folder};
  rig.file_server.file = testing::test_image(8000, 2);
  rig.serve([&](const HttpAsked& asked) {
    HttpGiven given = rig.file_server(asked);
    if (given.status == 200) given.held_after = 2000;
    return given;
  });
  rig.start_with("running image");
  rig.keeper.begin();
  ASSERT_TRUE(rig.update.check_now().ok());
  rig.run();
  const UpdateNote first = rig.look();
  ASSERT_EQ(first.text("state"), "receiving");
  EXPECT_EQ(first.number("progress"), 2000U);
  EXPECT_EQ(first.number("size"), 8000U);
  rig.http.given.held_after = 3000;
  rig.run();
  EXPECT_EQ(rig.look().number("progress"), 2000U);
  rig.now += seconds{1};
  EXPECT_EQ(rig.look().number("progress"), 3000U);
  rig.http.given.held_after = HttpGiven::all;
  rig.run();
  EXPECT_EQ(rig.look().text("last"), "installed ok");
}

TEST(UpdateNoteKeeper, TakesTheNoteAwayWhereThereIsNoElement) {
  const testing::TempDirectory folder;
  (void)folder.write("update", "{}");
  testing::OtaRig rig;
  testing::FakeHttpClient http;
  testing::FakeOfferMemory memory;
  pull::UpdateElement element{{http, memory, rig.entropy, rig.calendar}, rig.ota, rig.storage.updater, {}};
  UpdateNoteKeeper keeper{folder.path(), element, rig.calendar};
  keeper.begin();
  keeper.look(rig.now);
  EXPECT_FALSE(std::filesystem::exists(folder / "update"));
}

}  // namespace
}  // namespace airlift::device
