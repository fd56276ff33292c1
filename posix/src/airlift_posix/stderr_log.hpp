#pragma once
// The log on standard error: `[info] ota/0: text`, with the time in front unless the journal adds it.

#include <memory>

#include "airlift/port/system.hpp"

namespace spdlog {
class logger;
}

namespace airlift::posix {

class StderrLog final : public port::Log {
 public:
  /// Drops what is less important than `least`.
  explicit StderrLog(port::LogLevel least = port::LogLevel::info);
  ~StderrLog() override;

  /// Control characters, which may come from the network, are shown as `?`.
  void write(port::LogLevel level, std::string_view source, std::string_view message) override;

 private:
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace airlift::posix
