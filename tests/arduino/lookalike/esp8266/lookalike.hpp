#pragma once
// The other side of the look-alike headers: what a test sees and sets.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lookalike {

/// An ESP8266 with 1 MiB of flash, in a network of its own: an address of 127/8 that no other process has.
struct Chip {
  Chip();
  std::array<std::uint8_t, 4> address;
  std::vector<std::uint8_t> flash = std::vector<std::uint8_t>(1024 * 1024, 0xFF);
  std::uint32_t sketch_bytes{0};
  std::uint32_t filesystem_start{0xEB000};
  std::uint32_t filesystem_bytes{0x10000};
  bool restart_wanted{false};
  struct Copy {
    std::uint32_t from{0};
    std::uint32_t to{0};
    std::uint32_t size_bytes{0};
  };
  std::optional<Copy> command;  ///< for eboot

  [[nodiscard]] std::string host() const;
  /// Puts a sketch where it runs, as a cable does.
  void flash_by_cable(const std::string& sketch);
  /// A restart: eboot does what it was told.
  void boot();
  [[nodiscard]] std::string content(std::uint32_t from, std::size_t size) const;
};
Chip& chip();

/// "<host> <type> <port> <key>=<value>...", a line for each service.
std::string advertised();

}  // namespace lookalike
