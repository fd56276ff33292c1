#if defined(ARDUINO_ARCH_ESP32)
#include "airlift/arduino/esp32/mdns_advertiser.hpp"

#include <mdns.h>

#include <algorithm>

namespace airlift::arduino::esp32 {
namespace {

constexpr std::size_t most_txt_entries{8};
constexpr const char* transport{"_tcp"};

/// Texts that the responder of older IDFs takes as if it wrote there.
struct TxtText {
  explicit TxtText(const port::TxtEntry& entry) {
    std::copy_n(entry.key.begin(), std::min(entry.key.size(), key.size() - 1), key.begin());
    std::copy_n(entry.value.begin(), std::min(entry.value.size(), value.size() - 1), value.begin());
  }
  TxtText() = default;
  std::array<char, 33> key{};
  std::array<char, 65> value{};
};

bool add(const FixedString<16>& type, const port::Service& service) {
  std::array<TxtText, most_txt_entries> texts;
  std::array<mdns_txt_item_t, most_txt_entries> items{};
  const std::size_t count = std::min(service.txt.size(), most_txt_entries);
  for (std::size_t i = 0; i < count; ++i) {
    texts[i] = TxtText{service.txt[i]};
    items[i] = {texts[i].key.data(), texts[i].value.data()};
  }
  return mdns_service_add(nullptr, type.c_str(), transport, service.port, items.data(), count) == ESP_OK;
}

}  // namespace

Status MdnsAdvertiser::advertise(std::string_view name, const port::Service& service) {
  withdraw();
  const FixedString<16> type{service.type.substr(0, service.type.find('.'))};
  name_ = element::DeviceName{name};
  // Harmless when the sketch has begun it, and given the device its name.
  if (mdns_init() != ESP_OK || mdns_hostname_set(name_.c_str()) != ESP_OK ||
      mdns_instance_name_set(name_.c_str()) != ESP_OK || !add(type, service))
    return UpdateError::network_failed;
  type_ = type;
  return {};
}

void MdnsAdvertiser::withdraw() {
  if (!type_.empty()) mdns_service_remove(type_.c_str(), transport);
  type_ = {};
}

}  // namespace airlift::arduino::esp32
#endif
