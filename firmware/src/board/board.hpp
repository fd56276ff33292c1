#pragma once
// What a board has to bring. Functions, because a program is built for one board; boards/<board>/ implements
// them all. docs/design/firmware.md.

#include <string_view>

#include "airlift/base/time.hpp"
#include "airlift/boot/flash_map.hpp"

struct netif;  // lwIP's

namespace airlift::firmware::board {

/// What mDNS tells as the board, and a manifest names: "airlift-mps2".
[[nodiscard]] std::string_view id();

/// Clock, console and tick. The first call of every program.
void start();

/// Waits until the console has taken it all. Works in fault handlers, too.
void write_console(std::string_view text);

/// Since start(); goes on by itself, never goes back.
[[nodiscard]] std::chrono::microseconds uptime();

/// A number that changes with every cycle, for entropy only.
[[nodiscard]] std::uint32_t cycles();

/// Sleeps until an interrupt or, at the latest, so long. May return earlier.
void idle(milliseconds at_most);

/// Why the program before this one ended, as an error that ends a trial: application_crashed,
/// watchdog_missed; none: power, or a reset that was asked for. The boot loader asks once and forgets.
[[nodiscard]] UpdateError take_reset_reason();
/// After that: how many programs have ended for such a reason since power came, a reset was asked for, or
/// forget_crashes().
[[nodiscard]] std::uint8_t crashes_in_a_row();
void forget_crashes();

/// Starts the boot loader again.
[[noreturn]] void reset();
/// The same, and take_reset_reason() gives `reason`. For fault handlers and traps.
[[noreturn]] void reset_because(UpdateError reason);

/// From now on the board is reset with watchdog_missed when it is not fed for so long.
void start_watchdog(seconds period);
void feed_watchdog();

/// The flash, all of it.
[[nodiscard]] port::Flash& flash();

/// Where on it what lies; made of layout.ini.
struct Layout {
  boot::FlashMap slots;
  boot::Area resets;  ///< notes
  boot::Area seed;
};
[[nodiscard]] const Layout& layout();

/// Where images are linked for and loaded to. Whole slots fit.
[[nodiscard]] MutableBytes execution_memory();
/// For boot::HandOff, outside of everything that a program's start-up clears.
[[nodiscard]] MutableBytes hand_off_memory();
/// Starts what was loaded into execution_memory().
[[noreturn]] void jump();

/// lwIP's `init` function of the network interface: sets MAC address, output, flags and MTU.
[[nodiscard]] signed char start_network(netif* interface);
/// Hands lwIP what has arrived.
void poll_network(netif* interface);

}  // namespace airlift::firmware::board
