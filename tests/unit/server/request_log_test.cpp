#include "airlift_server/request_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>

#include "airlift_posix/unique_fd.hpp"

namespace airlift::server {
namespace {

LogEntry some_entry() {
  LogEntry entry;
  entry.unix_seconds = 784111777;
  entry.address = "192.168.1.7";
  entry.name = "lamp";
  entry.mac = "5C:CF:7F:00:00:01";
  entry.runs = "1.2.0";
  entry.method = "GET";
  entry.target = "/lamp/stable";
  entry.status = 200;
  entry.version = "1.3.0";
  entry.bytes = 1000;
  entry.ending = "whole";
  return entry;
}

TEST(RequestLog, IsALineForPeople) {
  LogEntry entry = some_entry();
  EXPECT_EQ(
      to_line(entry, LogFormat::text),
      "1994-11-06T08:49:37Z lamp (192.168.1.7) runs 1.2.0: GET /lamp/stable 200 1.3.0, 1000 bytes, whole\n");
  entry.name = {};
  entry.status = 304;
  entry.bytes = 0;
  entry.remark = "runs it";
  EXPECT_EQ(to_line(entry, LogFormat::text),
            "1994-11-06T08:49:37Z 5C:CF:7F:00:00:01 (192.168.1.7) runs 1.2.0: GET /lamp/stable 304 1.3.0, "
            "runs it\n");
  entry.mac = entry.runs = entry.version = entry.remark = {};
  entry.ending = "cut";
  EXPECT_EQ(to_line(entry, LogFormat::text),
            "1994-11-06T08:49:37Z 192.168.1.7: GET /lamp/stable 304, 0 bytes, cut\n");
}

TEST(RequestLog, TellsDigestsWhereThereAreNoVersions) {
  LogEntry entry = some_entry();
  entry.runs_digest = "0123456789abcdef";
  entry.sha256 = "fedcba9876543210";
  EXPECT_NE(to_line(entry, LogFormat::text).find("runs 1.2.0: GET /lamp/stable 200 1.3.0,"),
            std::string::npos);
  entry.runs = entry.version = {};
  EXPECT_NE(to_line(entry, LogFormat::text).find("runs 01234567: GET /lamp/stable 200 fedcba98,"),
            std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(to_line(entry, LogFormat::json))["runs_digest"], "0123456789abcdef");
}

TEST(RequestLog, IsAnObjectForPrograms) {
  const auto json = nlohmann::json::parse(to_line(some_entry(), LogFormat::json));
  EXPECT_EQ(json,
            nlohmann::json::parse(R"({"time":"1994-11-06T08:49:37Z","address":"192.168.1.7","device":"lamp",
    "mac":"5C:CF:7F:00:00:01","runs":"1.2.0","method":"GET","target":"/lamp/stable","version":"1.3.0",
    "ending":"whole","status":200,"bytes":1000})"));
}

TEST(RequestLog, MakesHarmlessWhatStrangersSend) {
  LogEntry entry = some_entry();
  const std::string long_text(3000, '"');
  entry.name = "a\x1B[31m\"\\\xFF";
  entry.mac = entry.runs = entry.target = long_text;
  const std::string text = to_line(entry, LogFormat::text);
  EXPECT_EQ(text.find('\x1B'), std::string::npos);
  EXPECT_LT(text.size(), 700U);
  const auto json = nlohmann::json::parse(to_line(entry, LogFormat::json));
  EXPECT_EQ(json["device"], "a?[31m\"\\?");
}

TEST(RequestLog, LosesLinesWhereTheyCannotBeWritten) {
  std::signal(SIGPIPE, SIG_IGN);
  const posix::UniqueFd full{open("/dev/full", O_WRONLY)};
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const posix::UniqueFd reading{ends[0]};
  const posix::UniqueFd writing{ends[1]};
  std::array<int, 2> closed{};
  ASSERT_EQ(pipe(closed.data()), 0);
  close(closed[0]);
  const posix::UniqueFd broken{closed[1]};
  for (const int fd : {full.get(), broken.get(), -1}) {
    RequestLog log{fd, LogFormat::text};
    log.add(some_entry());
    log.flush();
    EXPECT_EQ(fd != -1, !log.waits()) << fd;
  }
}

TEST(RequestLog, WaitsForNobodyWhoReadsAPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const posix::UniqueFd reading{ends[0]};
  const posix::UniqueFd writing{ends[1]};
  RequestLog log{writing.get(), LogFormat::text};
  for (int i = 0; i < 20'000; ++i) log.add(some_entry());
  log.flush();  // would wait for ever
  EXPECT_TRUE(log.waits());
  std::string read_back;
  std::array<char, 65536> piece{};
  fcntl(reading.get(), F_SETFL, O_NONBLOCK);
  for (ssize_t count = 1; count > 0; log.flush()) {
    count = read(reading.get(), piece.data(), piece.size());
    if (count > 0) read_back.append(piece.data(), static_cast<std::size_t>(count));
  }
  EXPECT_FALSE(log.waits());
  const std::string line = to_line(some_entry(), LogFormat::text);
  EXPECT_EQ(read_back.size() % line.size(), 0U);  // whole lines; those beyond the bound are lost
  EXPECT_GE(read_back.size(), RequestLog::most_waiting_bytes);
}

}  // namespace
}  // namespace airlift::server
