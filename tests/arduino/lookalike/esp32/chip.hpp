#pragma once
// What is inside an ESP32 for our look-alike headers: flash with partitions, NVS, and the IDF's boot loader
// with rollback. All of it lies in a folder, and outlives the process.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace chip {

/// As in an ESP32 of 1 MiB: small, so that tests are fast.
constexpr std::uint32_t app_bytes{0x40000};
constexpr std::uint32_t filesystem_bytes{0x20000};
constexpr std::uint32_t app_0{0x10000};
constexpr std::uint32_t app_1{app_0 + app_bytes};
constexpr std::uint32_t filesystem{app_1 + app_bytes};
constexpr std::uint32_t flash_bytes{filesystem + filesystem_bytes};

/// Connects the flash in `folder`, which is made new when there is none. `address`: where sockets are bound.
void connect(const std::filesystem::path& folder, std::string_view address = "127.0.0.1");
void disconnect();

/// The boot loader: chooses what runs. False: nothing can be started.
bool boot();

/// Whether the loader waits for the image that runs to be confirmed.
bool is_pending();
/// The text behind `name=` at the beginning of the image that runs, up to a `;`.
std::string image_says(std::string_view name);

/// From now on every change of flash or NVS but the first `changes` is lost, and fails: the power is cut,
/// perhaps within a write. boot() brings it back.
void cut_power_after(std::uint32_t changes);
/// Changes since boot().
std::uint32_t changes();

/// What somebody does with a cable: an image into the first partition, which is started from now on.
void flash_by_cable(std::string_view image);

/// The port that was bound last.
std::uint16_t bound_port();

/// Ends the program; it is started anew, as the chip is. Sockets do not outlive it.
[[noreturn]] void restart(std::string_view why);

void say(const std::string& line);

}  // namespace chip
