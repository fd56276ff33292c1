// When it asks, what it remembers, and what it shows.

#include "airlift/pull/update_element.hpp"

#include <gtest/gtest.h>

#include "support/pull_rig.hpp"

namespace airlift::pull {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HttpAsked;
using testing::HttpGiven;
using testing::test_image;

/// A day's clock that goes along with the rig's.
class LocalCalendar final : public port::Calendar {
 public:
  [[nodiscard]] std::uint64_t unix_seconds() override { return known ? 1'800'000'000 : 0; }
  [[nodiscard]] seconds local_time_of_day(std::uint64_t) override { return time_of_day; }
  bool known{true};
  seconds time_of_day{hours{12}};
};

class Update : public ::testing::Test, protected testing::PullRig {
 protected:
  const std::string old_image{test_image(3000, 1)};
  const std::string new_image{test_image(5000, 2)};

  void answer(int status, const std::string& retry_after = {}) {
    serve([=](const HttpAsked&) {
      HttpGiven given;
      given.status = status;
      given.retry_after = retry_after;
      return given;
    });
  }
  /// How long it takes until another check has ended; at most `most`.
  milliseconds next_check(milliseconds step, milliseconds most) {
    const std::uint32_t before = update.checks();
    milliseconds waited{0};
    while (update.checks() == before && waited < most) {
      run(step);
      waited += step;
    }
    return waited;
  }
  void expect_next_check_between(milliseconds least, milliseconds most) {
    const std::uint32_t before = update.checks();
    const milliseconds waited = next_check(seconds{1}, most + seconds{2});
    EXPECT_EQ(update.checks(), before + 1);
    EXPECT_GE(waited, least);
    EXPECT_LE(waited, most + seconds{1});
  }
};

TEST_F(Update, AsksFirstWithinATenthOfTheInterval) {
  answer(304);
  start_with(old_image);
  run();
  EXPECT_EQ(http.asked.size(), 0U);
  expect_next_check_between(milliseconds{0}, minutes{5});
  expect_next_check_between(minutes{54}, minutes{66});
  expect_next_check_between(minutes{54}, minutes{66});
  EXPECT_EQ(last(), "up_to_date ok");
}

TEST_F(Update, BacksOffAfterFailuresAndForgetsThem) {
  answer(500);
  start_with(old_image);
  (void)check();
  for (const int minutes_ : {1, 2, 4, 8, 16, 32}) {
    const seconds wait = minutes{minutes_};
    expect_next_check_between(wait - wait / 10, wait + wait / 10);
  }
  expect_next_check_between(minutes{54}, minutes{66});
  answer(304);
  expect_next_check_between(minutes{54}, minutes{66});
  answer(500);
  expect_next_check_between(minutes{54}, minutes{66});
  expect_next_check_between(seconds{54}, seconds{66});
}

TEST_F(Update, WhatIsRuledOutIsNoFailure) {
  file_server.knows_ranges = false;
  serve_file("");
  start_with(old_image);
  EXPECT_EQ(check(), "ruled_out bad_size");
  expect_next_check_between(minutes{54}, minutes{66});
}

TEST_F(Update, WaitsAsLongAsTheServerSaysAtLeast) {
  start_with(old_image);
  answer(503, "7200");
  EXPECT_EQ(check(), "failed server_failed");
  expect_next_check_between(minutes{120}, minutes{120});
  answer(429, "10");
  EXPECT_EQ(check(), "failed server_failed");
  expect_next_check_between(minutes{3}, minutes{5});
  answer(304, "86400000");
  EXPECT_EQ(check(), "up_to_date ok");
  EXPECT_EQ(value("next"), "86400");
  calendar.time_s = 784111777;
  answer(503, "Sun, 06 Nov 1994 10:49:37 GMT");
  (void)check();
  EXPECT_EQ(value("next"), "7200");
}

TEST_F(Update, AsksOnlyWhenSomebodyWantsItWithoutInterval) {
  set("update", "interval", "0");
  answer(500);
  start_with(old_image);
  run(hours{24});
  run(hours{24});
  EXPECT_EQ(update.checks(), 0U);
  EXPECT_EQ(value("next"), "-");
  EXPECT_EQ(check(), "failed server_failed");
  run(hours{24});
  EXPECT_EQ(update.checks(), 1U);
}

TEST_F(Update, ReadsTheRunningImageBeforeACheckIsWanted) {
  answer(304);
  start_with(old_image);
  run();
  EXPECT_TRUE(update.check_now().ok());
  (void)board.loop(now);
  EXPECT_EQ(http.asked.size(), 1U);
}

TEST_F(Update, WaitsWhileAnUploadIsOn) {
  answer(304);
  start_with(old_image);
  ASSERT_TRUE(ota.begin_direct_upload(testing::announcement_of(new_image)).ok());
  EXPECT_TRUE(update.check_now().ok());
  run();
  run(seconds{25});
  EXPECT_EQ(http.asked.size(), 0U);
  EXPECT_TRUE(log.contains("waits until the upload"));
  ota.direct_upload().abort(UpdateError::cancelled);
  ota.direct_upload().conclude();
  run();
  run(seconds{1});
  EXPECT_EQ(update.checks(), 1U);
}

TEST_F(Update, DoesNotReadItsImageWhileAnUploadIsOn) {
  start_with(old_image);
  EXPECT_EQ(update.loop(now), milliseconds{0});
  ASSERT_TRUE(ota.begin_direct_upload(testing::announcement_of(new_image)).ok());
  EXPECT_GT(update.loop(now), milliseconds{0});
}

TEST_F(Update, WaitsWhileAnImageIsOnTrial) {
  answer(304);
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  ASSERT_TRUE(storage.boot().ok());
  start();
  run(hours{2});
  run(hours{2});
  EXPECT_EQ(check(), "");
  EXPECT_EQ(http.asked.size(), 0U);
  ASSERT_TRUE(storage.store.confirm().ok());
  run(seconds{10});
  EXPECT_EQ(update.checks(), 1U);
  // And it is the new image that it tells the server about.
  EXPECT_EQ(http.asked[0].header("x-Airlift-SHA256"), testing::sha256_hex(new_image));
  EXPECT_EQ(http.asked[0].header("x-ESP8266-sketch-md5"), testing::md5_hex(new_image));
}

TEST_F(Update, AsksNothingInSafeMode) {
  set("device", "safemode", "true");
  start_with(old_image);
  run(hours{2});
  run(hours{2});
  EXPECT_EQ(update.check_now().error(), UpdateError::safe_mode);
  run(hours{2});
  EXPECT_EQ(http.asked.size(), 0U);
  EXPECT_EQ(value("active"), "false");
  EXPECT_TRUE(log.contains("update/0: safe mode"));
}

TEST_F(Update, AsksNothingBeforeItIsStarted) {
  EXPECT_EQ(update.check_now().error(), UpdateError::safe_mode);
  EXPECT_EQ(value("state"), "waiting");
}

TEST_F(Update, AsksNothingWithoutAnAddress) {
  set("update", "url", "nonsense");
  start_with(old_image);
  run(hours{2});
  EXPECT_EQ(update.check_now().error(), UpdateError::bad_configuration);
  EXPECT_EQ(update.act("check", "1"), element::SetResult::bad_value);
  EXPECT_EQ(http.asked.size(), 0U);
  EXPECT_TRUE(log.contains(port::LogLevel::error, "no server is asked"));
}

TEST_F(Update, AnAddressThatBecomesTooLongIsNotAsked) {
  set("update", "channel", std::string(64, 'c'));
  set("update", "url", "https://h/{channel}{channel}{channel}{channel}{channel}{channel}{channel}{channel}");
  start_with(old_image);
  EXPECT_EQ(check(), "failed bad_configuration");
  EXPECT_EQ(http.asked.size(), 0U);
}

TEST_F(Update, TheActionAsksNow) {
  answer(304);
  start_with(old_image);
  EXPECT_EQ(update.act("CHECK", "1"), element::SetResult::ok);
  run();
  EXPECT_EQ(update.checks(), 1U);
  EXPECT_EQ(update.act("other", "1"), element::SetResult::unknown_property);
}

TEST_F(Update, ACheckThatIsOnCounts) {
  serve([](const HttpAsked&) {
    HttpGiven given;
    given.silent = true;
    return given;
  });
  start_with(old_image);
  EXPECT_EQ(check(), "");
  EXPECT_TRUE(update.check_now().ok());
  run(seconds{30});
  run(seconds{30});
  EXPECT_EQ(update.checks(), 1U);
}

TEST_F(Update, WithoutEntropyItAsksAllTheSame) {
  entropy.fails = true;
  answer(304);
  start_with(old_image);
  expect_next_check_between(seconds{150}, seconds{150});
  expect_next_check_between(minutes{60}, minutes{60});
}

class UpdateAtNight : public Update {
 protected:
  LocalCalendar clock;
  UpdateElement night{{http, memory, entropy, clock}, ota, storage.updater, {"AA:BB:CC:DD:EE:FF", 1, "x"}};
  void SetUp() override {
    answer(304);
    ASSERT_EQ(storage.install(old_image), UpdateError::none);
    (void)night.set("url", test_url);
    (void)night.set("interval", "1h");
    (void)night.set("quiet", "22:00-06:00");
    set("update", "url", "");
    start();
    night.claim("update/night", true);
    night.start(board, now);
  }
  static constexpr std::string_view test_url{"https://a.example/x"};
  void pass(seconds time) {
    for (seconds passed{0}; passed < time; passed += seconds{1}) {
      now += seconds{1};
      clock.time_of_day = (clock.time_of_day + seconds{1}) % seconds{86400};
      (void)board.loop(now);
      while (night.loop(now).count() == 0) continue;
    }
  }
};

TEST_F(UpdateAtNight, NoCheckBeginsInTheQuietHours) {
  pass(minutes{90});
  const std::uint32_t before = night.checks();
  EXPECT_GT(before, 0U);
  clock.time_of_day = hours{22} + minutes{10};
  entropy.fails = true;  // then the delay after them is the middle of 0 to 5 minutes
  pass(hours{7} + minutes{52});
  EXPECT_EQ(night.checks(), before);
  pass(minutes{1});
  EXPECT_EQ(night.checks(), before + 1);
}

TEST_F(UpdateAtNight, OneThatIsWantedDoes) {
  clock.time_of_day = hours{23};
  EXPECT_TRUE(night.check_now().ok());
  pass(seconds{10});
  EXPECT_EQ(night.checks(), 1U);
}

TEST_F(UpdateAtNight, WithoutAClockThereAreNone) {
  clock.known = false;
  clock.time_of_day = hours{23};
  pass(minutes{6});
  EXPECT_EQ(night.checks(), 1U);
}

TEST_F(Update, RemembersWhatItRuns) {
  start_with(old_image);
  serve_file(old_image);
  file_server.sha256 = testing::sha256_hex(old_image);
  EXPECT_EQ(check(), "up_to_date ok");
  EXPECT_EQ(http.asked[0].header("If-None-Match"), "");
  EXPECT_EQ(check(), "up_to_date ok");
  EXPECT_EQ(http.asked[1].header("If-None-Match"), "\"v1\"");
  EXPECT_EQ(http.given.status, 304);
  EXPECT_EQ(memory.stores, 1);
}

TEST_F(Update, RemembersWhatFailedHere) {
  start_with(old_image);
  serve_file(new_image);
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(memory.record.sha256, crypto::sha256(as_bytes(new_image)));
  ASSERT_TRUE(storage.boot().ok());
  ASSERT_TRUE(storage.store.reject(UpdateError::application_crashed).ok());
  ASSERT_TRUE(storage.history.settle(storage.store.record()).ok());
  EXPECT_EQ(check(), "ruled_out failed_before");
  EXPECT_EQ(http.asked.back().header("If-None-Match"), "\"v1\"");
  EXPECT_EQ(http.given.status, 304);
  // The server has something else under another tag, and says that this device runs it.
  serve([](const HttpAsked&) {
    HttpGiven given;
    given.status = 304;
    given.etag = "\"v0\"";
    return given;
  });
  EXPECT_EQ(check(), "up_to_date ok");
}

TEST_F(Update, DoesNotAskByATagThatSaysNothingAboutThisDevice) {
  start_with(old_image);
  memory.record = {Etag{"\"v1\""}, crypto::sha256(as_bytes(new_image))};
  serve_file(new_image);
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(http.asked[0].header("If-None-Match"), "");
}

TEST_F(Update, AMemoryThatFailsIsNoReasonToFail) {
  memory.fails = true;
  start_with(old_image);
  serve_file(new_image);
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(system.reboots, 1);
}

TEST_F(Update, ATagThatIsTooLongIsNotRemembered) {
  start_with(old_image);
  file_server.etag = "\"" + std::string(127, 'e') + "\"";
  serve_file(new_image);
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(memory.stores, 0);
}

TEST_F(Update, ShowsWhatItDoes) {
  set("update", "channel", "beta");
  start_with(old_image);
  EXPECT_EQ(value("active"), "true");
  EXPECT_EQ(value("state"), "waiting");
  EXPECT_EQ(value("channel"), "beta");
  EXPECT_EQ(value("host"), "updates.example");
  EXPECT_EQ(value("checks"), "0");
  EXPECT_EQ(value("last"), "-");
  EXPECT_EQ(value("progress"), "-");
  EXPECT_LE(std::stoi(value("next")), 300);
  serve_file(new_image);
  file_server.version = "2.0";
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(value("checks"), "1");
  EXPECT_EQ(value("last.time"), "1800000000");
  EXPECT_EQ(value("last.version"), "2.0");
  EXPECT_GE(std::stoi(value("next")), 54 * 60);
  EXPECT_FALSE(update.has_password());
  EXPECT_TRUE(log.contains("update/0: asks updates.example every 3600 s, channel beta"));
  EXPECT_TRUE(log.contains("update/0: updates.example: installed 2.0"));
}

TEST_F(Update, SaysWhyAndWhatToDo) {
  start_with(old_image);
  answer(401);
  (void)check();
  EXPECT_TRUE(log.contains(port::LogLevel::warning,
                           "updates.example: the check failed: server refuses the login. Check `auth`"));
}

TEST_F(Update, WarnsOfWhatIsNotProtected) {
  set("update", "url", "http://h/x");
  start_with(old_image);
  EXPECT_TRUE(log.contains(port::LogLevel::warning, "http without signatures"));
}

TEST_F(Update, HttpWithSignaturesNeedsNoWarning) {
  keys.keys.emplace("key", testing::TestKey{1}.public_key());
  set("ota", "keys", "key");
  set("update", "url", "http://h/x");
  start_with(old_image);
  EXPECT_FALSE(log.contains("http without signatures"));
}

TEST_F(Update, SaysThatItTrustsNobody) {
  set("update", "fingerprint", "nonsense");
  answer(304);
  start_with(old_image);
  EXPECT_TRUE(log.contains(port::LogLevel::error, "no HTTPS server is trusted"));
  (void)check();
  EXPECT_EQ(http.asked[0].roots, port::HttpClient::Trust::Roots::none);
  EXPECT_TRUE(http.asked[0].pins.empty());
}

TEST_F(Update, TellsTheServerWhoAsks) {
  answer(304);
  start_with(old_image);
  (void)check();
  EXPECT_EQ(http.asked[0].url, testing::test_url);
  EXPECT_EQ(http.asked[0].header("x-ESP8266-Chip-ID"), "123456");
  EXPECT_EQ(http.asked[0].header("x-ESP8266-free-space"), std::to_string(testing::test_firmware_bytes));
  EXPECT_EQ(http.asked[0].header("x-ESP8266-sketch-size"), "3000");
  EXPECT_EQ(http.asked[0].header("x-ESP8266-chip-size"), std::to_string(testing::test_geometry().size_bytes));
  EXPECT_EQ(http.asked[0].header("x-ESP8266-sketch-md5"), testing::md5_hex(old_image));
  EXPECT_EQ(http.asked[0].header("x-Airlift-Board"), "board-id");
  EXPECT_EQ(http.asked[0].header("x-Airlift-Name"), "devding");
  EXPECT_EQ(http.asked[0].roots, port::HttpClient::Trust::Roots::system);
}

}  // namespace
}  // namespace airlift::pull
