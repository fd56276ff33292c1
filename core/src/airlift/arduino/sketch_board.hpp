#pragma once
// What a board brings for a sketch: core's ports, where images go, and how they are started.
// docs/design/arduino.md.

#include <string_view>

#include "airlift/boot/boot_sequence.hpp"
#include "airlift/port/advertiser.hpp"
#include "airlift/port/network.hpp"
#include "airlift/port/system.hpp"
#include "airlift/update/installer.hpp"

namespace airlift::arduino {

class SketchBoard : public update::Installer {
 public:
  /// All live as long as the board.
  struct Ports {
    port::DatagramSocket& socket;
    port::Stream& stream;
    port::Stream& extension_stream;
    port::Listener& listener;  ///< into extension_stream
    port::Advertiser& advertiser;
    port::Entropy& entropy;
    port::Calendar& calendar;
    port::Log& log;
  };

  [[nodiscard]] virtual const Ports& ports() = 0;
  [[nodiscard]] virtual port::Clock& clock() = 0;

  /// What ArduinoOTA's `board` TXT record says: ARDUINO_BOARD, ARDUINO_VARIANT. A constant.
  [[nodiscard]] virtual std::string_view board_id() const = 0;
  /// ArduinoOTA's: "esp8266-0a1b2c". Valid as long as the board.
  [[nodiscard]] virtual std::string_view default_name() = 0;
  [[nodiscard]] virtual std::uint16_t default_port() const = 0;

  /// Finds out where on this flash what lies. Before flash() and map(). Outcomes: ok; flash_misuse: there is
  /// no room for updates, flash() is of no size; flash_read.
  [[nodiscard]] virtual Status open() = 0;
  [[nodiscard]] virtual port::Flash& flash() = 0;
  [[nodiscard]] virtual boot::FlashMap map() = 0;

  /// At the start: loads `store` and brings it in line with what runs. `buffer` is for reading images. The
  /// plan's `firmware` need not be what runs: then the board has to be restarted, and starts that. Outcomes:
  /// the plan; no_boot_record: nothing is known of any image, which is no fault; else as SlotStore::load().
  [[nodiscard]] virtual Result<boot::BootPlan> settle(boot::SlotStore& store, std::uint8_t most_attempts,
                                                      MutableBytes buffer) = 0;
  /// Whether `plan` names what runs.
  [[nodiscard]] virtual bool is_running(const boot::BootPlan& plan) = 0;

  /// What runs has been confirmed: a loader with a rollback of its own may forget the one before. Said once;
  /// settle() sees to what needs no confirmation.
  virtual void confirmed() {}

  /// Each turn, on the sketch's stack: what a board's own libraries want to be called for.
  virtual void loop() {}
  /// Calls `work` with as much stack as core's deepest calls take: 5 KiB.
  virtual void run(void (*work)(void*), void* context) { work(context); }
  /// Does not come back on a real board.
  virtual void restart() = 0;
};

/// The board this sketch is compiled for.
[[nodiscard]] SketchBoard& this_board();

class Engine;
/// Gives `engine` the element `update`, which asks a server for images. `authorities`: PEM of those who may
/// sign for HTTPS servers, a constant; nullptr: plain HTTP only. False: not on this board.
[[nodiscard]] bool add_update_element(Engine& engine, const char* authorities);

}  // namespace airlift::arduino
