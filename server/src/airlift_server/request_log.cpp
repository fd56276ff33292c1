#include "airlift_server/request_log.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <ctime>

#include "airlift/codec/text.hpp"
#include "airlift/http/json.hpp"
#include "airlift_server/conditional.hpp"

namespace airlift::server {
namespace {

constexpr std::size_t longest_shown{128};

/// 1994-11-06T08:49:37Z
std::string timestamp(std::int64_t unix_seconds) {
  const std::time_t time{unix_seconds};
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string shown(std::string_view text) {
  return std::string{codec::printable<longest_shown>(text).view()};
}

std::string_view who(const LogEntry& entry) {
  for (const std::string_view each : {entry.name, entry.token, entry.mac}) {
    if (!each.empty()) return each;
  }
  return entry.address;
}

/// A version, else as much of a digest as people compare.
std::string brief(std::string_view version, std::string_view digest) {
  constexpr std::size_t digits{8};
  return shown(version.empty() ? digest.substr(0, digits) : version);
}

std::string text_line(const LogEntry& entry) {
  std::string line = fmt::format("{} {}", timestamp(entry.unix_seconds), shown(who(entry)));
  if (who(entry) != entry.address) line += fmt::format(" ({})", entry.address);
  const std::string runs = brief(entry.runs, entry.runs_digest);
  if (!runs.empty()) line += fmt::format(" runs {}", runs);
  line += fmt::format(": {} {} {}", entry.method, shown(entry.target), entry.status);
  const std::string image = brief(entry.version, entry.sha256);
  if (!image.empty()) line += fmt::format(" {}", image);
  if (entry.bytes > 0 || entry.ending != "whole")
    line += fmt::format(", {} bytes, {}", entry.bytes, entry.ending);
  if (!entry.remark.empty()) line += fmt::format(", {}", entry.remark);
  return line += '\n';
}

std::string json_line(const LogEntry& entry) {
  constexpr std::size_t room{4096};
  std::array<std::uint8_t, room> buffer{};
  http::TextWriter into{buffer};
  http::JsonObject object{into};
  object.field("time", timestamp(entry.unix_seconds)).field("address", entry.address);
  const auto field = [&object](std::string_view name, std::string_view value) {
    if (!value.empty()) object.field(name, value.substr(0, longest_shown));
  };
  field("device", who(entry));
  field("mac", entry.mac);
  field("token", entry.token);
  field("runs", entry.runs);
  field("runs_digest", entry.runs_digest);
  field("method", entry.method);
  field("target", entry.target);
  field("version", entry.version);
  field("sha256", entry.sha256);
  field("ending", entry.ending);
  field("remark", entry.remark);
  into.append(",\"status\":").append_number(entry.status).append(",\"bytes\":").append_number(entry.bytes);
  object.end();
  return std::string{into.view()} + '\n';
}

bool takes_some(int fd) {
  pollfd ready{fd, POLLOUT, 0};
  return poll(&ready, 1, 0) == 1 && (ready.revents & (POLLOUT | POLLERR | POLLNVAL)) != 0;
}

}  // namespace

std::string to_line(const LogEntry& entry, LogFormat format) {
  return format == LogFormat::json ? json_line(entry) : text_line(entry);
}

void RequestLog::add(const LogEntry& entry) {
  if (waiting_.size() < most_waiting_bytes) waiting_ += to_line(entry, format_);
}

void RequestLog::flush() {
  std::size_t written{0};
  // A pipe that is ready takes PIPE_BUF bytes without waiting (pipe(7)), whatever mode it is in.
  while (written < waiting_.size() && takes_some(fd_)) {
    const std::size_t piece = std::min<std::size_t>(waiting_.size() - written, PIPE_BUF);
    const ssize_t count = ::write(fd_, waiting_.data() + written, piece);
    if (count <= 0) {
      waiting_.clear();
      return;
    }
    written += static_cast<std::size_t>(count);
  }
  waiting_.erase(0, written);
}

}  // namespace airlift::server
