#pragma once
// The ESP8266 for a sketch: one sketch runs, and eboot copies a staged one over it. docs/design/arduino.md,
// "Where things lie".

#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/arduino/esp8266/chip_flash.hpp"
#include "airlift/arduino/esp8266/mdns_advertiser.hpp"
#include "airlift/arduino/esp8266/system_ports.hpp"
#include "airlift/arduino/esp8266/wifi_sockets.hpp"
#include "airlift/arduino/joined_flash.hpp"
#include "airlift/arduino/sketch_board.hpp"

namespace airlift::arduino::esp8266 {

class Esp8266Board final : public SketchBoard {
 public:
  [[nodiscard]] const Ports& ports() override { return ports_; }
  [[nodiscard]] port::Clock& clock() override { return clock_; }
  [[nodiscard]] std::string_view board_id() const override;
  [[nodiscard]] std::string_view default_name() override;
  [[nodiscard]] std::uint16_t default_port() const override { return 8266; }

  [[nodiscard]] Status open() override;
  [[nodiscard]] port::Flash& flash() override { return flash_; }
  [[nodiscard]] boot::FlashMap map() override { return map_; }
  [[nodiscard]] Result<boot::BootPlan> settle(boot::SlotStore& store, std::uint8_t most_attempts,
                                              MutableBytes buffer) override;
  [[nodiscard]] bool is_running(const boot::BootPlan& /*plan*/) override { return true; }
  [[nodiscard]] Status install(const boot::SlotStore& store) override;
  void loop() override { advertiser_.update(); }
  void run(void (*work)(void*), void* context) override;
  void restart() override;

 private:
  [[nodiscard]] boot::Area add(ChipFlash& part);
  [[nodiscard]] std::array<boot::Area, 2> add_slots(ChipFlash& header, ChipFlash& body);
  [[nodiscard]] bool is_running_sketch(const image::Identity& image, MutableBytes buffer);

  ChipFlash record_;
  ChipFlash history_;
  ChipFlash firmware_header_;
  ChipFlash staging_;
  ChipFlash filesystem_header_;
  ChipFlash filesystem_;
  ChipFlash sketch_;
  JoinedFlash flash_;
  boot::FlashMap map_;

  UdpSocket socket_;
  TcpStream stream_;
  TcpStream extension_stream_;
  TcpListener listener_{extension_stream_};
  MdnsAdvertiser advertiser_;
  RadioEntropy entropy_;
  TimeCalendar calendar_;
  MillisClock clock_;
  DebugLog log_;
  Ports ports_{socket_, stream_, extension_stream_, listener_, advertiser_, entropy_, calendar_, log_};
  FixedString<16> name_;
};

}  // namespace airlift::arduino::esp8266

#endif
