#pragma once
// The OTA element on a board, all ports fakes.

#include "airlift/element/board.hpp"
#include "airlift/element/ota_element.hpp"
#include "support/extension_rig.hpp"
#include "support/fake_advertiser.hpp"
#include "support/fake_keys.hpp"

namespace airlift::testing {

struct OtaRig {
  explicit OtaRig(std::uint32_t firmware_bytes = test_firmware_bytes) : storage{firmware_bytes} {
    (void)registry.add("device", device, element::Presence::always);
    (void)registry.add("ota", ota, element::Presence::in_bare_mode);
    set("device", "name", "devding");
    set("device", "safemode", "false");
    set("ota", "description", "Listen for 'over the air' OTA Updates");
  }
  void set(std::string_view type, std::string_view property, std::string_view value) {
    board.set({"config.json", type, "0", property, value});
  }
  void start() {
    board.start(now);
    board.network_is_up(now);
  }
  /// Calls loop() as long as it says that there is more to do.
  void run(milliseconds time = milliseconds{0}) {
    now += time;
    for (int i = 0; i < 10000 && board.loop(now).count() == 0; ++i) continue;
  }
  std::string exchange(std::string_view datagram, const port::Endpoint& from = test_endpoint(1, 40000)) {
    socket.sent.clear();
    socket.deliver(from, datagram);
    run();
    return socket.last_sent();
  }
  [[nodiscard]] static std::string invitation(std::string_view image) {
    return std::string{
        wire::format_invitation({wire::Command::firmware, 50000, static_cast<std::uint32_t>(image.size()),
                                 crypto::md5(as_bytes(image))})};
  }

  Storage storage;
  FakeDatagramSocket socket;
  FakeStream ota_stream;
  FakeStream extension_stream;
  FakeListener listener{extension_stream};
  std::array<std::uint8_t, element::transfer_memory_bytes> transfer_memory{};
  FakeAdvertiser ota_advertiser;
  FakeEntropy entropy;
  FakeSystem system;
  MemoryLog log;
  element::ElementRegistry registry;
  element::DeviceElement device{"default"};
  FakeCalendar calendar;
  FakeKeys keys;
  element::OtaElement ota{{socket, ota_stream, ota_advertiser, entropy, calendar, keys, extension_stream,
                           listener, transfer_memory, element::OtaElement::Tls::available},
                          storage.updater,
                          "board-id"};
  element::Board board{registry, device, log, system};
  Instant now{seconds{1000}};
};

}  // namespace airlift::testing
