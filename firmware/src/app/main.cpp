// The application. docs/design/firmware.md, "Start".

#include "airlift/base/endian.hpp"
#include "app/application.hpp"

#ifndef AIRLIFT_APPLICATION_FAULT
#define AIRLIFT_APPLICATION_FAULT none
#endif

int main() {
  using namespace airlift;
  using namespace airlift::firmware;
  constexpr Variant variant{AIRLIFT_APPLICATION_VERSION, Fault::AIRLIFT_APPLICATION_FAULT};
  board::start();
  static ConsoleLog log{port::LogLevel::debug};
  log.write(port::LogLevel::info, "board",
            FixedString<80>{"Airlift " AIRLIFT_VERSION " on "}
                .append(board::id())
                .append(", application " AIRLIFT_APPLICATION_VERSION));

  static SeededEntropy entropy{board::flash(), board::layout().seed};
  std::array<std::uint8_t, 4> cycles{};
  store_le32(cycles.data(), board::cycles());
  if (!entropy.begin(cycles).ok()) {
    log.write(port::LogLevel::error, "entropy",
              "no seed on the flash, or it cannot be replaced: no password can be asked for");
  }
  static Network network{entropy};
  if (variant.fault != Fault::offline && !network.start().ok()) {
    log.write(port::LogLevel::error, "network", "there is none");
  }
  static Application application{variant, network, entropy, log};
  application.run();
}
