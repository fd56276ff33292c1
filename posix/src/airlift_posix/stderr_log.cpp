#include "airlift_posix/stderr_log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace airlift::posix {
namespace {

spdlog::level::level_enum spdlog_level(port::LogLevel level) {
  switch (level) {
    case port::LogLevel::error:
      return spdlog::level::err;
    case port::LogLevel::warning:
      return spdlog::level::warn;
    case port::LogLevel::info:
      return spdlog::level::info;
    case port::LogLevel::debug:
      return spdlog::level::debug;
  }
  return spdlog::level::err;
}

}  // namespace

StderrLog::StderrLog(port::LogLevel least)
    : logger_{std::make_unique<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_st>())} {
  logger_->set_level(spdlog_level(least));
  // systemd sets JOURNAL_STREAM when standard error goes to the journal (systemd.exec(5)).
  logger_->set_pattern(std::getenv("JOURNAL_STREAM") != nullptr ? "[%l] %v" : "%Y-%m-%d %H:%M:%S.%e [%l] %v");
}

StderrLog::~StderrLog() = default;

void StderrLog::write(port::LogLevel level, std::string_view source, std::string_view message) {
  std::string line{source};
  line.append(": ").append(message);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, '?');
  logger_->log(spdlog_level(level), line);
}

}  // namespace airlift::posix
