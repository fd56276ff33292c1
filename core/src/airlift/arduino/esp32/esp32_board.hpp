#pragma once
// A sketch's board on the ESP32, cores 2.x and 3.x. docs/design/arduino.md, "Where things lie".

#include "airlift/arduino/esp32/mdns_advertiser.hpp"
#include "airlift/arduino/esp32/nvs_sectors.hpp"
#include "airlift/arduino/esp32/partition_flash.hpp"
#include "airlift/arduino/esp32/sockets.hpp"
#include "airlift/arduino/esp32/system_ports.hpp"
#include "airlift/arduino/joined_flash.hpp"
#include "airlift/arduino/sketch_board.hpp"

namespace airlift::arduino::esp32 {

class Esp32Board final : public SketchBoard {
 public:
  [[nodiscard]] const Ports& ports() override { return ports_; }
  [[nodiscard]] port::Clock& clock() override { return clock_; }

  [[nodiscard]] std::string_view board_id() const override;
  [[nodiscard]] std::string_view default_name() override;
  [[nodiscard]] std::uint16_t default_port() const override;

  /// Finds the partitions ota_0 and ota_1, and one for a filesystem when there is one.
  [[nodiscard]] Status open() override;
  [[nodiscard]] port::Flash& flash() override { return flash_; }
  [[nodiscard]] boot::FlashMap map() override { return map_; }

  [[nodiscard]] Result<boot::BootPlan> settle(boot::SlotStore& store, std::uint8_t most_attempts,
                                              MutableBytes buffer) override;
  [[nodiscard]] bool is_running(const boot::BootPlan& plan) override;
  void confirmed() override;
  /// Makes the firmware that `store` tries next the IDF's boot partition.
  [[nodiscard]] Status install(const boot::SlotStore& store) override;
  void restart() override;

 private:
  [[nodiscard]] Status add(port::Flash& part, boot::Area& area);
  [[nodiscard]] Status add_slots(image::Kind kind, NvsFlash& header_a, port::Flash& a, NvsFlash& header_b,
                                 port::Flash& b);
  /// In which slot what runs lies; none: in neither, as the partition `factory`.
  [[nodiscard]] boot::SlotId running_slot() const;
  [[nodiscard]] Status boot_from(boot::SlotId slot);
  [[nodiscard]] Result<boot::BootPlan> plan_start(boot::SlotStore& store, std::uint8_t most_attempts,
                                                  MutableBytes buffer);
  static void confirm_filesystem(boot::SlotStore& store);
  [[nodiscard]] bool is_known(boot::SlotStore& store, boot::SlotId slot, MutableBytes buffer);
  [[nodiscard]] Status take_as_good(boot::SlotStore& store, boot::SlotId slot, MutableBytes buffer);

  UdpSocket socket_;
  TcpStream stream_;
  TcpStream extension_stream_;
  TcpListener listener_{extension_stream_};
  MdnsAdvertiser advertiser_;
  HardwareEntropy entropy_;
  SystemCalendar calendar_;
  SystemClock clock_;
  CoreLog log_;
  Ports ports_{socket_, stream_, extension_stream_, listener_, advertiser_, entropy_, calendar_, log_};

  NvsSectors sectors_;
  NvsFlash record_{sectors_, 0, 3};
  NvsFlash history_{sectors_, 3, 2};
  NvsFlash header_a_{sectors_, 5, 1};
  NvsFlash header_b_{sectors_, 6, 1};
  NvsFlash filesystem_header_a_{sectors_, 7, 1};
  NvsFlash filesystem_header_b_{sectors_, 8, 1};
  PartitionFlash app_a_;
  PartitionFlash app_b_;
  PartitionFlash filesystem_;
  JoinedFlash flash_;
  boot::FlashMap map_;
  FixedString<20> default_name_;
};

}  // namespace airlift::arduino::esp32
