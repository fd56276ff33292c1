#if defined(ARDUINO_ARCH_ESP32)
// The element `update` of a sketch. In a file of its own: a sketch that does not ask for it has no byte of
// it.

#include <Arduino.h>

#include "airlift/arduino/engine.hpp"
#include "airlift/arduino/esp32/https_client.hpp"
#include "airlift/arduino/esp32/nvs_offer_memory.hpp"
#include "airlift/pull/update_element.hpp"

namespace airlift::arduino {
namespace {

/// `AA:BB:CC:DD:EE:FF`
FixedString<17> station_mac() {
  constexpr std::string_view digits{"0123456789ABCDEF"};
  FixedString<17> text;
  std::uint64_t address = ESP.getEfuseMac();
  for (int i = 0; i < 6; ++i, address >>= 8U) {
    if (i > 0) text.append(":");
    text.append(digits.substr(address >> 4U & 0xFU, 1)).append(digits.substr(address & 0xFU, 1));
  }
  return text;
}

struct Updates {
  Updates(Engine& engine, const char* authorities)
      : http{authorities},
        element{{http, memory, this_board().ports().entropy, this_board().ports().calendar},
                engine.ota(),
                engine.updater(),
                {mac, 0, ESP.getSdkVersion()}} {}

  FixedString<17> mac{station_mac()};
  esp32::HttpsClient http;
  esp32::NvsOfferMemory memory;
  pull::UpdateElement element;
};

}  // namespace

bool add_update_element(Engine& engine, const char* authorities) {
  static std::optional<Updates> updates;
  updates.emplace(engine, authorities);
  return engine.add("update", updates->element) &&
         engine.set("update", "client", "esp32") == element::SetResult::ok &&
         (authorities == nullptr || engine.set("update", "ca", "sketch") == element::SetResult::ok);
}

}  // namespace airlift::arduino
#endif
