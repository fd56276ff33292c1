#pragma once
// What the board tells people of itself.

#include "airlift/port/system_info.hpp"
#include "board/board.hpp"
#include "net/network.hpp"

namespace airlift::firmware {

class BoardInfo final : public port::SystemInfo {
 public:
  /// Airlift's version and the application's, as semantic versioning 2.0 has it.
  BoardInfo(std::string_view application_version, const Network& network) : network_{network} {
    version_.append(AIRLIFT_VERSION "+application.").append(application_version);
  }

  [[nodiscard]] std::string_view version() const override { return version_; }
  [[nodiscard]] seconds uptime() override { return std::chrono::duration_cast<seconds>(board::uptime()); }
  /// Nothing can be written beside the slots.
  [[nodiscard]] std::uint64_t free_bytes() override { return 0; }
  [[nodiscard]] std::optional<port::IpAddress> address(std::size_t index) override {
    return index == 0 ? network_.address() : std::nullopt;
  }

 private:
  FixedString<47> version_;
  const Network& network_;
};

}  // namespace airlift::firmware
