#pragma once
// The log on the board's console: seconds since the start, level, source, message.

#include "airlift/port/system.hpp"

namespace airlift::firmware {

class ConsoleLog final : public port::Log {
 public:
  explicit ConsoleLog(port::LogLevel least) : least_{least} {}
  void write(port::LogLevel level, std::string_view source, std::string_view message) override;

 private:
  port::LogLevel least_;
};

}  // namespace airlift::firmware
