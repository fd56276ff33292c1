#include "push_arguments.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "support/temp_directory.hpp"

namespace airlift::testing {
namespace {

using cli::AfterFailure;
using cli::ExtensionUse;
using cli::PushArguments;
using cli::WaitUntil;
using ::testing::ElementsAre;

constexpr Instant now{seconds{100}};

PushArguments parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "push");
  PushArguments arguments;
  CLI::App app;
  cli::add_push_options(app, arguments);
  app.parse(cli::arguments_for_parse(static_cast<int>(words.size()), words.data()));
  cli::complete_request(arguments);
  return arguments;
}

TEST(PushArguments, NamesFromEverywhere) {
  const TempDirectory directory;
  const std::string file = (std::filesystem::path{directory.path()} / "list").string();
  std::ofstream{file} << "bath # upstairs\n192.168.1.21:3232\n";
  const PushArguments arguments = parsed(
      {"kitchen", "hall", "-f", "app.bin", "-i", "192.168.1.20", "-p", "8267", "--devices", file.c_str()});
  EXPECT_THAT(arguments.request.names,
              ElementsAre("kitchen", "hall", "192.168.1.20", "bath", "192.168.1.21:3232"));
  EXPECT_EQ(arguments.request.port, 8267);
  EXPECT_TRUE(arguments.for_many());
  EXPECT_FALSE(parsed({"kitchen"}).for_many());
  EXPECT_TRUE(parsed({"--match", "*"}).for_many());
}

TEST(PushArguments, Patterns) {
  const PushArguments arguments = parsed(
      {"--board", "esp12", "--match", "kitchen-*", "--match", "b?th", "--board", "esp32", "--wait", "2h"});
  EXPECT_THAT(arguments.request.boards, ElementsAre("esp12", "esp32"));
  EXPECT_THAT(arguments.request.globs, ElementsAre("kitchen-*", "b?th"));
  EXPECT_EQ(arguments.request.wait, std::chrono::hours{2});
  EXPECT_TRUE(parsed({"--all"}).request.all);
  // A pattern takes one word: what follows is a device.
  EXPECT_THAT(parsed({"--match", "b*", "kitchen"}).request.names, ElementsAre("kitchen"));
}

TEST(PushArguments, WhatCannotBeMeant) {
  EXPECT_THROW(parsed({}), CLI::Error);
  EXPECT_THROW(parsed({"-f", "app.bin"}), CLI::Error);
  EXPECT_THROW(parsed({"--all", "--board", "esp12"}), CLI::Error);
  EXPECT_THROW(parsed({"a", "--wait", "soon"}), CLI::Error);
  EXPECT_THROW(parsed({"a", "--extension", "maybe"}), CLI::Error);
  EXPECT_THROW(parsed({"a", "--jobs", "-1"}), CLI::Error);
  EXPECT_THROW(parsed({"--devices", "/does/not/exist"}), cli::PushError);
}

TEST(PushArguments, OfTheUpload) {
  const cli::UploadOptions usual = cli::upload_options(parsed({"a"}));
  EXPECT_EQ(usual.extension, ExtensionUse::automatic);
  EXPECT_EQ(usual.wait_until, WaitUntil::proven);
  EXPECT_TRUE(usual.compress);
  EXPECT_FALSE(usual.encrypt);
  EXPECT_EQ(usual.return_timeout, seconds{60});
  const cli::UploadOptions other =
      cli::upload_options(parsed({"a", "--extension", "off", "--no-compress", "--no-wait", "--return-timeout",
                                  "5m", "-s", "-m", "-t", "3", "-I", "127.0.0.1", "-P", "40000"}));
  EXPECT_EQ(other.extension, ExtensionUse::off);
  EXPECT_EQ(other.wait_until, WaitUntil::taken);
  EXPECT_FALSE(other.compress);
  EXPECT_EQ(other.return_timeout, seconds{300});
  EXPECT_EQ(other.command, wire::Command::filesystem);
  EXPECT_EQ(other.first_hash, wire::StoredHash::md5);
  EXPECT_EQ(other.answer_timeout, seconds{3});
  EXPECT_EQ(other.host_address, "127.0.0.1");
  EXPECT_EQ(other.host_port, 40000);
}

TEST(PushArguments, EncryptionNeedsTheExtension) {
  const cli::UploadOptions options = cli::upload_options(parsed({"a", "--encrypt"}));
  EXPECT_TRUE(options.encrypt);
  EXPECT_EQ(options.extension, ExtensionUse::required);
}

TEST(PushArguments, OfTheSchedule) {
  const cli::ScheduleOptions one = cli::schedule_options(parsed({"a"}), now);
  EXPECT_EQ(one.retries, 0);
  EXPECT_EQ(one.wait_end, now);
  const cli::ScheduleOptions many = cli::schedule_options(parsed({"a", "b", "--wait", "10"}), now);
  EXPECT_EQ(many.jobs, 8U);
  EXPECT_EQ(many.retries, 2);
  EXPECT_EQ(many.canaries, 0U);
  EXPECT_EQ(many.after_failure, AfterFailure::keep_going);
  EXPECT_EQ(many.wait_end, now + seconds{10});
  const cli::ScheduleOptions other = cli::schedule_options(
      parsed({"a", "--jobs", "0", "--retries", "5", "--canary", "3", "--fail-fast"}), now);
  EXPECT_EQ(other.jobs, 0U);
  EXPECT_EQ(other.retries, 5);
  EXPECT_EQ(other.canaries, 3U);
  EXPECT_EQ(other.after_failure, AfterFailure::stop);
}

TEST(PushArguments, AFixedPortServesOneAtATime) {
  EXPECT_EQ(cli::schedule_options(parsed({"a", "b", "-P", "40000", "--jobs", "8"}), now).jobs, 1U);
}

TEST(PushArguments, HelpFitsEightyColumns) {
  PushArguments arguments;
  CLI::App app;
  app.formatter(cli::help_formatter());
  cli::add_push_options(app, arguments);
  std::istringstream help{app.help()};
  for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 80U) << line;
}

}  // namespace
}  // namespace airlift::testing
